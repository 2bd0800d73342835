/** Who is signed in, what they are a member of, and what they may do where they work now. */
import { useQuery } from '@tanstack/react-query';
import { Profile } from './api/account.ts';
import { useApi, useSession } from './console-context.tsx';
import { keys } from './queries.ts';
import { MembershipList } from './session.ts';

/** Read again and again: somebody may be invited, or removed, elsewhere. */
export function useMemberships() {
  const api = useApi();
  return useQuery({
    queryKey: keys.memberships,
    queryFn: ({ signal }) => api.call('/v1/organizations', MembershipList, { signal }),
    refetchInterval: 60_000,
    enabled: useSession() !== null,
  });
}

export function useMe() {
  const api = useApi();
  return useQuery({
    queryKey: keys.me,
    queryFn: ({ signal }) => api.call('/v1/auth/me', Profile, { signal }),
    staleTime: 30_000,
    enabled: useSession()?.organization.id !== undefined,
  });
}

/** Whether the person may do this here; undefined until it is known. */
export function useMay(action: string): boolean | undefined {
  return useMe().data?.actions.includes(action);
}
