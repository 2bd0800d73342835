/**
 * Refusals of use cases as typed errors of mutations, by their HTTP status: what a caller can do something about is an answer, what is our
 * fault (5xx) and who is not signed in (401) are errors of the request.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { RefusedSource } from './sources.ts';

/** Names of the SDL's types that implement UserError. */
export type RefusalType = 'NotFoundError' | 'ForbiddenError' | 'InvalidError' | 'ConflictError' | 'LimitError';

/** What the mutation makes, or why it was refused. */
export async function orRefused<T extends object>(act: () => Promise<T>): Promise<T | RefusedSource> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AppError && refusalType(error) !== null) return { refused: error };
    throw error;
  }
}

export function isRefused(value: object): value is RefusedSource {
  return 'refused' in value && value.refused instanceof AppError;
}

/** null: no answer, but an error. */
export function refusalType({ status }: AppError): RefusalType | null {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return 'InvalidError';
    case 402:
    case 429:
      return 'LimitError';
    case 403:
      return 'ForbiddenError';
    case 404:
      return 'NotFoundError';
    case 409:
    case 412:
    case 428:
      return 'ConflictError';
    default:
      return null;
  }
}

/** null where the use case says that it is not there: queries show nothing, rather than an error, at every address that could be. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
