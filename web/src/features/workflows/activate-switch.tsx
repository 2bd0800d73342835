/** Switches a workflow's triggers on and off. Answers at once and takes it back if the server refuses. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { useMay } from '../../lib/account-queries.ts';
import type { Workflow } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { useToast } from '../../ui/toasts.tsx';

export function ActivateSwitch(props: { readonly workflow: Workflow; readonly id?: string }): ReactNode {
  const { workflow } = props;
  const api = useApi();
  const queries = useQueryClient();
  const tell = useToast();
  const isForbidden = useMay('workflows.write') === false;
  const flip = useMutation({
    mutationFn: (active: boolean) =>
      api.call(`/v1/workflows/${encodeURIComponent(workflow.id)}/${active ? 'activate' : 'deactivate'}`, z.unknown(), {
        method: 'POST',
        json: {},
      }),
    onSuccess: (_, active) =>
      tell(
        active ? 'succeeded' : 'paused',
        active ? `${workflow.name} is on. Its triggers are live.` : `${workflow.name} is off. Nothing starts it but you.`,
      ),
    onError: (error) => tell('failed', `${workflow.name} stays as it was: ${asFailure(error).message}`),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.workflows }),
  });
  const shown = flip.isPending ? flip.variables : workflow.active;
  return (
    <button
      type="button"
      id={props.id}
      role="switch"
      aria-checked={shown}
      aria-label={`${workflow.name} is ${shown ? 'on' : 'off'}`}
      disabled={isForbidden}
      title={
        isForbidden
          ? 'Your role does not switch workflows'
          : shown
            ? 'On: its triggers start executions'
            : 'Off: only you can run it'
      }
      className="switch"
      onClick={() => {
        if (!flip.isPending) flip.mutate(!workflow.active);
      }}
    />
  );
}
