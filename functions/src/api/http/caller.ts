/** What of a request tells who asks, in the one form that `authenticate` takes. */
import type { Caller } from '../../app/auth/authenticate.ts';

export type Connection = { readonly clientAddress: string; readonly requestId: string };

export function callerOf(header: (name: string) => string | null, { clientAddress, requestId }: Connection): Caller {
  return { authorization: header('authorization'), organization: header('x-organization-id'), clientAddress, requestId };
}
