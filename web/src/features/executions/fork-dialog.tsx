/** A new execution that takes over the finished steps before one step, with another input or version if wished. */
import type { JsonValue } from '@automateos/shared/model/json';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { type Execution, Started } from '../../lib/api/execution.ts';
import type { GraphDefinition, GraphNode } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { useWorkflow } from '../../lib/queries.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { InputForm, type InputState } from '../../ui/input-form.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';

export function ForkDialog(props: {
  readonly execution: Execution;
  readonly definition: GraphDefinition;
  readonly node: GraphNode;
  readonly catalogue: NodeCatalogue;
  readonly onClose: () => void;
}): ReactNode {
  const { execution, definition, catalogue } = props;
  const api = useApi();
  const navigate = useNavigate();
  const formId = useId();
  const newest = useWorkflow(execution.workflowId).data?.version ?? execution.version;
  const [nodeId, setNodeId] = useState(props.node.id);
  const [onNewest, setOnNewest] = useState(false);
  const [edited, setEdited] = useState(false);
  const [input, setInput] = useState<InputState>({ value: execution.input ?? {}, fault: null });
  const fork = useMutation({
    mutationFn: () =>
      api.call(`/v1/executions/${encodeURIComponent(execution.id)}/fork`, Started, {
        method: 'POST',
        json: {
          nodeId,
          ...(edited ? { input: input.value satisfies JsonValue } : {}),
          ...(onNewest && newest !== execution.version ? { version: newest } : {}),
        },
      }),
    onSuccess: (started) => navigate(`/executions/${started.id}`),
  });
  const ready = (!edited || input.fault === null) && !fork.isPending;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) fork.mutate();
  };
  return (
    <Dialog
      title="Fork from a step"
      onClose={props.onClose}
      foot={
        <>
          <button type="button" className="btn btn-ghost" onClick={props.onClose}>
            Keep it as it is
          </button>
          <button type="submit" form={formId} className="btn btn-primary" aria-disabled={!ready}>
            Start the fork
          </button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={submit}>
        <p className="text-ink-2">
          A new execution starts at this step. Finished steps that do not depend on it are taken over and not run again; this
          execution stays as it is.
        </p>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${formId}-step`} className="font-medium">
            Start again from
          </label>
          <select
            id={`${formId}-step`}
            className="input self-start"
            value={nodeId}
            onChange={(event) => setNodeId(event.target.value)}
          >
            {definition.nodes
              .filter((node) => node.parent === undefined)
              .map((node) => (
                <option key={node.id} value={node.id}>
                  {catalogue.titleOf(node)}
                </option>
              ))}
          </select>
        </div>
        {newest === execution.version ? null : (
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={onNewest}
              onChange={(event) => setOnNewest(event.target.checked)}
            />
            Run on v{newest}, the newest version, instead of v{execution.version}
          </label>
        )}
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={edited}
            onChange={(event) => setEdited(event.target.checked)}
          />
          Change the input of the execution
        </label>
        {edited ? <InputForm schema={definition.inputs} state={input} onChange={setInput} /> : null}
        {fork.isError ? <ErrorNotice title="It could not be forked" error={fork.error} /> : null}
      </form>
    </Dialog>
  );
}
