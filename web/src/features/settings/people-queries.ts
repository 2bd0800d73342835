/** Members, invitations, sessions, keys and the audit log: what the pages of Settings read. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { ApiKeyPage, AuditPage, InvitationPage, MemberPage, SignedInPage } from '../../lib/api/account.ts';
import type { Query } from '../../lib/api-client.ts';
import { useApi } from '../../lib/console-context.tsx';

export const peopleKeys = {
  members: ['members'] as const,
  invitations: ['invitations'] as const,
  sessions: ['sessions'] as const,
  apiKeys: ['api-keys'] as const,
  auditLog: ['audit-log'] as const,
};

type Page = z.ZodType<{ readonly items: readonly unknown[]; readonly nextCursor?: string | null | undefined }>;

export function usePages<S extends Page>(
  path: string,
  schema: S,
  queryKey: readonly unknown[],
  query: Query = {},
  options: { readonly refreshMs?: number } = {},
) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...queryKey, query],
    queryFn: ({ pageParam, signal }) => api.call(path, schema, { query: { ...query, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    ...(options.refreshMs === undefined ? {} : { refetchInterval: options.refreshMs }),
  });
}

export const useMembers = () => usePages('/v1/members', MemberPage, peopleKeys.members);
export const useInvitations = () => usePages('/v1/invitations', InvitationPage, peopleKeys.invitations);
export const useSessions = () => usePages('/v1/auth/sessions', SignedInPage, peopleKeys.sessions);
export const useApiKeys = () => usePages('/v1/api-keys', ApiKeyPage, peopleKeys.apiKeys);
export const useAuditLog = (filter: Query) => usePages('/v1/audit-log', AuditPage, peopleKeys.auditLog, filter);

export function itemsOf<T>(query: {
  readonly data?: { readonly pages: readonly { readonly items: readonly T[] }[] } | undefined;
}) {
  return query.data?.pages.flatMap((page) => page.items) ?? [];
}
