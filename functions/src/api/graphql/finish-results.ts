/** The last word on every result, of whatever phase and transport: its errors get the request's id, and the log what is our fault. */
import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { type Finishing, finishError } from './public-error.ts';

type Result = { readonly errors?: ExecutionResult['errors'] | undefined };

export function finishResult<R extends Result>(result: R, finishing: Finishing): R {
  if (result.errors === undefined) return result;
  return { ...result, errors: result.errors.map((error) => finishError(error, finishing)) };
}

export function finishResults<C extends Record<string, unknown>>(finishingOf: (context: C) => Finishing): Plugin<object, C> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const finishing = finishingOf(serverContext);
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, (one) => finishResult(one, finishing)));
      else if (Array.isArray(result)) setResult(result.map((one) => finishResult(one, finishing)));
      else setResult(finishResult(result, finishing));
    },
  };
}
