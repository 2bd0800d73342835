import { Nothing } from './api/account.ts';
import { useConsole } from './console-context.tsx';

/** Ends the session on the server and in this browser. */
export function useSignOut(): () => Promise<void> {
  const { api, session } = useConsole();
  return async () => {
    // where sessions are kept elsewhere, or nothing answers, this browser forgets its own all the same
    await api.call('/v1/auth/logout', Nothing, { method: 'POST' }).catch(() => undefined);
    session.set(null);
  };
}
