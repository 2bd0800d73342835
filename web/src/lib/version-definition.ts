/** The definition an execution is pinned to; its workflow may be newer or gone. */
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { GraphDefinition, Workflow } from './api/workflow.ts';
import type { ApiClient } from './api-client.ts';
import { useApi } from './console-context.tsx';

const VersionAnswer = z.looseObject({ version: z.number().optional(), definition: GraphDefinition });

async function readVersion(api: ApiClient, workflowId: string, version: number, signal: AbortSignal): Promise<GraphDefinition> {
  const path = `/v1/workflows/${encodeURIComponent(workflowId)}`;
  if (version === 0) return (await api.call(`${path}/draft`, VersionAnswer, { signal })).definition; // a test run of the draft
  const newest = await api.call(path, Workflow, { signal });
  if (newest.version === version && newest.definition) return newest.definition;
  return (await api.call(`${path}/versions/${version}`, VersionAnswer, { signal })).definition;
}

export function useVersionDefinition(workflowId: string, version: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['workflows', 'version', workflowId, version],
    queryFn: ({ signal }) => readVersion(api, workflowId, version, signal),
    enabled: workflowId !== '',
    staleTime: version === 0 ? 0 : Number.POSITIVE_INFINITY, // versions are immutable, the draft is not
  });
}
