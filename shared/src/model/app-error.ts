/**
 * The error that leaves a use case: a code of the catalogue with typed context. Doors (REST, GraphQL, CLI) render it as a problem
 * document; anything else that is thrown reaches clients as INTERNAL with a request id and no detail.
 */
import { type ErrorCode, errorCatalogue } from './error-catalogue.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly context: JsonObject;
  readonly problems: readonly Problem[] | undefined;

  constructor(
    code: ErrorCode,
    context: JsonObject = {},
    options: { readonly cause?: unknown; readonly problems?: readonly Problem[] } = {},
  ) {
    super(renderMessage(errorCatalogue[code].message, context), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.context = context;
    this.problems = options.problems;
  }

  /** HTTP status of this code. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** Fills `{name}` in a message template from the context; an absent name stays visible. */
function renderMessage(template: string, context: JsonObject): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(context, name) ? context[name] : undefined;
    if (value === undefined) return whole;
    if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
