/** What pages read, with one key per thing, so that a change in one place is seen in all. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Approval, ApprovalPage } from './api/approval.ts';
import { DeadLetterDetail, DeadLetterPage } from './api/dead-letter.ts';
import { ExecutionPage } from './api/execution.ts';
import { Workflow, WorkflowPage } from './api/workflow.ts';
import { useApi } from './console-context.tsx';

export type ExecutionFilter = {
  readonly workflowId?: string | undefined;
  readonly status?: string | undefined;
  readonly from?: string | undefined;
};

export type LetterFilter = {
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly workflowId?: string | undefined;
  readonly place?: string | undefined;
};

export const keys = {
  memberships: ['memberships'] as const,
  me: ['me'] as const,
  workflows: ['workflows'] as const,
  workflow: (id: string) => ['workflows', 'one', id] as const,
  workflowYaml: (id: string, version: number | undefined) => ['workflows', 'yaml', id, version] as const,
  executions: ['executions'] as const,
  approvals: ['approvals'] as const,
  approval: (id: string) => ['approvals', 'one', id] as const,
  deadLetters: ['dead-letters'] as const,
  deadLetter: (id: string) => ['dead-letters', 'one', id] as const,
  execution: (id: string) => ['executions', 'one', id] as const,
  logs: (id: string) => ['executions', 'logs', id] as const,
};

export function useWorkflows(search: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.workflows, 'list', search],
    queryFn: ({ pageParam, signal }) =>
      api.call('/v1/workflows', WorkflowPage, { query: { search, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useWorkflow(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.workflow(id),
    queryFn: ({ signal }) => api.call(`/v1/workflows/${encodeURIComponent(id)}`, Workflow, { signal }),
    enabled: id !== '',
  });
}

export function useExecutions(filter: ExecutionFilter, options: { readonly refreshMs?: number; readonly limit?: number } = {}) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.executions, 'list', filter, options.limit ?? 50],
    queryFn: ({ pageParam, signal }) =>
      api.call('/v1/executions', ExecutionPage, { query: { ...filter, limit: options.limit ?? 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    ...(options.refreshMs === undefined ? {} : { refetchInterval: options.refreshMs }),
  });
}

/** Newest first; without a status those that are decided too. Read again and again: somebody else may decide, or ask. */
export function useApprovals(status?: Approval['status']) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.approvals, 'list', status ?? ''],
    queryFn: ({ pageParam, signal }) =>
      api.call('/v1/approvals', ApprovalPage, { query: { status, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: 10_000,
  });
}

export function useApproval(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.approval(id),
    queryFn: ({ signal }) => api.call(`/v1/approvals/${encodeURIComponent(id)}`, Approval, { signal }),
    enabled: id !== '',
  });
}

/** Newest first. Read again now and then: a step may crash, or somebody else redrive. */
export function useDeadLetters(filter: LetterFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...keys.deadLetters, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      api.call('/v1/dead-letters', DeadLetterPage, { query: { ...filter, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}

export function useDeadLetter(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: keys.deadLetter(id),
    queryFn: ({ signal }) => api.call(`/v1/dead-letters/${encodeURIComponent(id)}`, DeadLetterDetail, { signal }),
    enabled: id !== '',
  });
}
