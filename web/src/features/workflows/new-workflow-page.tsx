/** A new workflow from YAML: an example to change, checked while it is written. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import { Workflow } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import { keys } from '../../lib/queries.ts';
import { Breadcrumb } from '../../ui/breadcrumb.tsx';
import { ErrorNotice } from '../../ui/notices.tsx';
import { Page, useTitle } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { CheckState } from './check-state.tsx';
import { useDefinitionCheck } from './use-definition-text.ts';
import { YamlEditor } from './yaml-editor.tsx';

const example = `name: big-orders
# Starts with each request, goes on only for orders above 100.
nodes:
  - { id: order, type: trigger.webhook, params: { method: POST } }
  - { id: big, type: flow.filter, params: { condition: "{{ input.total > 100 }}" } }
  - { id: answer, type: data.set, params: { values: { text: "Order {{ input.id }} is worth {{ input.total }}" } } }
edges:
  - { from: order, to: big }
  - { from: big, to: answer }
`;

export function NewWorkflowPage(): ReactNode {
  // nobody waits for the answer: the editor is there at once, and goes for whoever may not make a workflow
  if (useMay('workflows.write') !== false) return <NewWorkflow />;
  return (
    <Page title="New workflow">
      <Permitted action="workflows.write" what="making workflows">
        <NewWorkflow />
      </Permitted>
    </Page>
  );
}

function NewWorkflow(): ReactNode {
  useTitle('New workflow');
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState(example);
  const check = useDefinitionCheck(text);
  const create = useMutation({
    mutationFn: () => api.call('/v1/workflows', Workflow, { method: 'POST', yaml: text }),
    onSuccess: async (workflow) => {
      await queries.invalidateQueries({ queryKey: keys.workflows });
      await navigate(`/workflows/${workflow.id}`);
    },
  });
  const ready = text.trim() !== '' && check.problems.length === 0 && !create.isPending;
  const save = (): void => {
    if (ready) create.mutate();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-wrap items-center gap-3 border-b border-line bg-surface px-4 py-2.5">
        <Breadcrumb above={[{ to: '/workflows', name: 'Workflows' }]} />
        <h1 className="font-semibold">New workflow</h1>
        <span className="ml-auto flex items-center gap-3">
          <CheckState check={check} />
          <button type="button" className="btn btn-primary" aria-disabled={!ready} onClick={save}>
            Create workflow
          </button>
        </span>
      </header>
      {create.isError ? (
        <div className="p-3">
          <ErrorNotice title="The workflow was not created" error={create.error} />
        </div>
      ) : null}
      <YamlEditor label="Workflow as YAML" text={text} problems={check.problems} onChange={setText} onSave={save} />
    </div>
  );
}
