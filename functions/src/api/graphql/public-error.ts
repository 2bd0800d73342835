/**
 * Errors as clients see them: `message` and `extensions.code` of the catalogue, and the request's id to quote. What is no AppError and not
 * GraphQL's own is our fault: the log gets it, the client nothing of it.
 */
import type { AppError } from '@automateos/shared/model/app-error';
import type { Logger } from '@automateos/shared/ports/logger';
import { GraphQLError } from 'graphql';
import { asAppError } from '../http/problem-response.ts';

/** GraphQL's own errors (syntax, validation, coercion of input) as they are; everything else as its AppError. */
export function publicError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) return fromApp(asAppError(error), error);
  const cause = causeOf(error);
  return cause === null ? error : fromApp(asAppError(cause), cause, error);
}

/** What a resolver has thrown; null where there is nothing behind it but GraphQL. */
function causeOf(error: GraphQLError): Error | null {
  let cause: Error | undefined = error.originalError;
  while (cause instanceof GraphQLError) cause = cause.originalError;
  return cause ?? null;
}

function fromApp(known: AppError, cause: unknown, at?: GraphQLError): GraphQLError {
  const { problems, context } = known;
  return new GraphQLError(known.message, {
    nodes: at?.nodes ?? null,
    source: at?.source ?? null,
    positions: at?.positions ?? null,
    path: at?.path ?? null,
    originalError: cause instanceof Error ? cause : known,
    extensions: {
      code: known.code,
      ...(problems === undefined ? {} : { problems }),
      ...(typeof context.retryAfterSeconds === 'number' ? { retryAfterSeconds: context.retryAfterSeconds } : {}),
    },
  });
}

export type Finishing = { readonly requestId: string; readonly logger: Logger; readonly suggestions: boolean };

/** A copy with the request's id; suggestions are taken away where the schema is not to be told. Logs what is our fault. */
export function finishError(given: GraphQLError, { requestId, logger, suggestions }: Finishing): GraphQLError {
  const error = publicError(given);
  const code = typeof error.extensions.code === 'string' ? error.extensions.code : 'GRAPHQL_INVALID';
  const cause = causeOf(error);
  if (cause !== null && asAppError(cause).status >= 500) logger.error('request-failed', { requestId, code }, cause);
  const message = suggestions ? error.message : error.message.replace(/\s*Did you mean [\s\S]*$/, '');
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    // one that was finished before keeps the id that the log has
    extensions: { requestId, ...error.extensions, code },
  });
}
