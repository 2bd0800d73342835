/** Where triggers still start an earlier version than the one on the page: says so, and makes the newest live. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { useMay } from '../../lib/account-queries.ts';
import type { Workflow } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { useToast } from '../../ui/toasts.tsx';

export function ActivateNewest(props: { readonly workflow: Workflow }): ReactNode {
  const { id, name, version, activeVersion } = props.workflow;
  const api = useApi();
  const queries = useQueryClient();
  const tell = useToast();
  const isForbidden = useMay('workflows.write') === false;
  const activate = useMutation({
    mutationFn: () =>
      api.call(`/v1/workflows/${encodeURIComponent(id)}/activate`, z.unknown(), { method: 'POST', json: { version } }),
    onSuccess: () => tell('succeeded', `v${version} of ${name} is live. Its triggers start it from now on.`),
    onError: (error) => tell('failed', `v${activeVersion} of ${name} stays live: ${asFailure(error).message}`),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.workflows }),
  });
  return (
    <>
      <span className="chip" title={`Triggers start v${activeVersion}; v${version} is saved and waits`}>
        v{activeVersion} is live
      </span>
      {isForbidden ? null : (
        <button
          type="button"
          className="btn"
          aria-disabled={activate.isPending}
          onClick={() => {
            if (!activate.isPending) activate.mutate();
          }}
        >
          Activate v{version}
        </button>
      )}
    </>
  );
}

/** Saved, but not what triggers start. */
export function isBehind({ active, activeVersion, version }: Workflow): boolean {
  return active && typeof activeVersion === 'number' && activeVersion !== version;
}
