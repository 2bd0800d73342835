import type { JsonValue } from '../model/json.ts';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** Structured events; an event name in kebab-case, fields beside it. Secrets are redacted before they come here. */
export interface Logger {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields & { readonly cause?: never }, cause?: unknown): void;
  /** A logger whose every event carries these fields. */
  with(fields: Fields): Logger;
}
