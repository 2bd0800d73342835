/** Who the reader of a stream is now: asked as if for a new request, by what came with the first one. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../../app/app-context.ts';
import { authenticate, type Caller } from '../../app/auth/authenticate.ts';

/** null when nobody any more; a store that does not answer throws. */
export function renewal(app: App, identity: Identity, caller: Caller): () => Promise<Principal | null> {
  return async () => {
    try {
      return (await authenticate(app, identity, caller)).principal;
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  };
}
