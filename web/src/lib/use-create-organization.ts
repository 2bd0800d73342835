import { useConsole } from './console-context.tsx';
import { Membership, MembershipList } from './session.ts';

/** Makes an organization, which the person owns. Resolves with what makes this tab go on there: it leaves every page that is shown. */
export function useCreateOrganization(): (name: string) => Promise<() => void> {
  const { api, session } = useConsole();
  return async (name) => {
    const { id } = await api.call('/v1/organizations', Membership, { method: 'POST', json: { name } });
    session.know((await api.call('/v1/organizations', MembershipList)).items);
    return () => session.choose(id);
  };
}
