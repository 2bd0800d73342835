import { useConsole } from '../../lib/console-context.tsx';
import { ApiError, asFailure } from '../../lib/problem-error.ts';
import { Session } from '../../lib/session.ts';

const wrong = 'E-mail and password do not belong together. Check both; the password is case-sensitive.';

/** Signs in. Throws an ApiError whose message is for the person. */
export function useSignIn(): (email: string, password: string) => Promise<Session> {
  const { api, session } = useConsole();
  return async (email, password) => {
    const json = { email: email.trim(), password };
    const signedIn = await api.call('/v1/auth/login', Session, { method: 'POST', json }).catch((error: unknown) => {
      const failure = asFailure(error);
      throw failure.status === 401 ? new ApiError({ ...failure, message: wrong }, { cause: error }) : error;
    });
    session.set(signedIn);
    return signedIn;
  };
}
