/** Retry, cancel, pause, resume: one call each, the page reads again afterwards, a refusal is said in place. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { z } from 'zod';
import type { Execution } from '../../lib/api/execution.ts';
import { useApi } from '../../lib/console-context.tsx';
import { useToast } from '../../ui/toasts.tsx';

export type ExecutionVerb = 'retry' | 'cancel' | 'pause' | 'resume';
const said: Readonly<Record<ExecutionVerb, string>> = {
  retry: 'It goes on from its failed steps.',
  cancel: 'It is being cancelled. The step at work may finish first.',
  pause: 'It pauses before its next step.',
  resume: 'It goes on.',
};
const Answer = z.looseObject({ id: z.string().optional() }).nullable();

export function useExecutionActions(execution: Execution | undefined, reload: () => void) {
  const api = useApi();
  const tell = useToast();
  const navigate = useNavigate();
  const action = useMutation({
    mutationFn: async (request: { readonly verb: ExecutionVerb; readonly version?: number }) => {
      if (!execution) return { request, id: undefined };
      const json = request.version === undefined ? {} : { version: request.version };
      const answer = await api.call(`/v1/executions/${encodeURIComponent(execution.id)}/${request.verb}`, Answer, {
        method: 'POST',
        json,
      });
      return { request, id: answer?.id };
    },
    onSuccess: ({ request, id }) => {
      if (id !== undefined && execution && id !== execution.id) void navigate(`/executions/${id}`);
      else tell(request.verb === 'cancel' ? 'cancelled' : request.verb === 'pause' ? 'paused' : 'running', said[request.verb]);
      reload();
    },
    onError: reload,
  });
  return {
    run: (verb: ExecutionVerb, version?: number) => {
      if (!action.isPending) action.mutate({ verb, ...(version === undefined ? {} : { version }) });
    },
    pending: action.isPending,
    error: action.error,
    dismiss: action.reset,
  };
}
export type ExecutionActions = ReturnType<typeof useExecutionActions>;
