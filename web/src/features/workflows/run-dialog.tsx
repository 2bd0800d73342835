/** Starts an execution by hand: a form from the input schema, raw text for what has none. Goes to the execution at once. */
import type { JsonObject } from '@automateos/shared/model/json';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { Started } from '../../lib/api/execution.ts';
import type { Workflow } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { InputForm, type InputState } from '../../ui/input-form.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';
import { exampleInput } from './webhook-address.ts';

export function RunDialog(props: {
  readonly workflow: Workflow;
  readonly catalogue: NodeCatalogue;
  readonly onClose: () => void;
}): ReactNode {
  const { workflow, catalogue } = props;
  const api = useApi();
  const navigate = useNavigate();
  const formId = useId();
  const triggers = (workflow.definition?.nodes ?? []).filter((node) => catalogue.kindOf(node) === 'trigger');
  const [triggerId, setTriggerId] = useState(triggers[0]?.id ?? '');
  const [input, setInput] = useState<InputState>({ value: exampleInput(workflow.definition) as JsonObject, fault: null }); // made of JSON literals
  const run = useMutation({
    mutationFn: () =>
      api.call(`/v1/workflows/${encodeURIComponent(workflow.id)}/executions`, Started, {
        method: 'POST',
        json: { input: input.value, ...(triggers.length > 1 ? { triggerId } : {}) },
        headers: { 'idempotency-key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` },
      }),
    onSuccess: (started) => navigate(`/executions/${started.id}`),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (input.fault === null && !run.isPending) run.mutate();
  };
  return (
    <Dialog
      title={`Run ${workflow.name}`}
      onClose={props.onClose}
      foot={
        <>
          <button type="button" className="btn btn-ghost" onClick={props.onClose}>
            Keep it as it is
          </button>
          <button type="submit" form={formId} className="btn btn-primary" aria-disabled={input.fault !== null || run.isPending}>
            Run now
          </button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={submit}>
        {triggers.length > 1 ? (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 font-medium">Start at</legend>
            {triggers.map((trigger) => (
              <label key={trigger.id} className="flex items-center gap-2">
                <input
                  type="radio"
                  name="trigger"
                  className="accent-accent"
                  checked={triggerId === trigger.id}
                  onChange={() => setTriggerId(trigger.id)}
                />
                {catalogue.titleOf(trigger)} <span className="text-ink-3">{catalogue.typeTitleOf(trigger)}</span>
              </label>
            ))}
          </fieldset>
        ) : null}
        <InputForm schema={workflow.definition?.inputs} state={input} onChange={setInput} />
        <p className="text-xs text-ink-3">
          Runs{' '}
          {workflow.active && workflow.activeVersion
            ? `v${workflow.activeVersion}, the version that is on`
            : `v${workflow.version}, the newest version`}
          .
        </p>
        {run.isError ? <ErrorNotice title="It did not start" error={run.error} /> : null}
      </form>
    </Dialog>
  );
}
