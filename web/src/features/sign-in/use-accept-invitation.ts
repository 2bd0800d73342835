import { z } from 'zod';
import { useConsole } from '../../lib/console-context.tsx';
import { MembershipList } from '../../lib/session.ts';

const Joined = z.looseObject({ id: z.string() });

/** Makes whoever is signed in a member, and this tab works there from now on. */
export function useAcceptInvitation(): (token: string) => Promise<void> {
  const { api, session, arrival } = useConsole();
  return async (token) => {
    const { id } = await api.call('/v1/invitations/accept', Joined, { method: 'POST', json: { token } });
    session.know((await api.call('/v1/organizations', MembershipList)).items);
    session.choose(id);
    arrival.forget();
  };
}
