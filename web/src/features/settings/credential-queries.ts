/** Credentials by name, and the kinds that there are. */
import { useQuery } from '@tanstack/react-query';
import { CredentialPage, CredentialTypeList } from '../../lib/api/credential.ts';
import { useApi } from '../../lib/console-context.tsx';
import { usePages } from './people-queries.ts';

export const credentialsKey = ['credentials'] as const;

export const useCredentials = () => usePages('/v1/credentials', CredentialPage, credentialsKey);

export function useCredentialTypes() {
  const api = useApi();
  return useQuery({
    queryKey: ['credential-types'],
    queryFn: ({ signal }) => api.call('/v1/credential-types', CredentialTypeList, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
