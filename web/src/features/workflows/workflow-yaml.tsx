/**
 * The workflow as YAML, comments and all. Saving makes the next version, guarded by the version it was read at, so that nobody else's work is
 * overwritten unseen.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useMay } from '../../lib/account-queries.ts';
import { Workflow } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { ErrorNotice, SkeletonRows } from '../../ui/notices.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { CheckState } from './check-state.tsx';
import { useDefinitionCheck } from './use-definition-text.ts';
import { YamlEditor } from './yaml-editor.tsx';
import { lineOfPath } from './yaml-position.ts';

export function WorkflowYaml(props: { readonly workflow: Workflow }): ReactNode {
  const { workflow } = props;
  const api = useApi();
  const query = useQuery({
    queryKey: keys.workflowYaml(workflow.id, workflow.version),
    queryFn: ({ signal }) => api.text(`/v1/workflows/${encodeURIComponent(workflow.id)}`, 'application/yaml', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isError) {
    return (
      <div className="p-4">
        <ErrorNotice title="The YAML could not be read" error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (query.data === undefined) return <SkeletonRows label="Reading the YAML" rows={3} />;
  return <YamlForm key={workflow.version} workflow={workflow} stored={query.data} />;
}

function YamlForm(props: { readonly workflow: Workflow; readonly stored: string }): ReactNode {
  const { workflow, stored } = props;
  const api = useApi();
  const queries = useQueryClient();
  const tell = useToast();
  const [text, setText] = useState(stored);
  const check = useDefinitionCheck(text);
  const changed = text !== stored;
  const stepId = useSearchParams()[0].get('step');
  const at = workflow.definition?.nodes.findIndex((node) => node.id === stepId) ?? -1;
  const startLine = useMemo(() => (at >= 0 ? lineOfPath(stored, `nodes[${at}]`) : null), [stored, at]);
  const save = useMutation({
    mutationFn: async () => {
      const path = `/v1/workflows/${encodeURIComponent(workflow.id)}`;
      const saved = await api.call(path, Workflow, {
        method: 'PUT',
        yaml: text,
        headers: { 'if-match': `"${workflow.version}"` },
      });
      return saved;
    },
    onSuccess: async (saved) => {
      queries.setQueryData(keys.workflowYaml(saved.id, saved.version), text);
      await queries.invalidateQueries({ queryKey: keys.workflows });
      tell(
        'succeeded',
        `Saved as v${saved.version}.${saved.active && saved.activeVersion !== saved.version ? ` Triggers still start v${saved.activeVersion}.` : ''}`,
      );
    },
  });
  const mayWrite = useMay('workflows.write') !== false;
  const ready = mayWrite && changed && check.problems.length === 0 && !save.isPending;
  const submit = (): void => {
    if (ready) save.mutate();
  };
  const conflict = save.isError && asFailure(save.error).code === 'VERSION_MISMATCH';
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-3 border-b border-line bg-surface px-4 py-2">
        <CheckState check={check} />
        <span className="ml-auto flex items-center gap-2">
          {changed ? (
            <button type="button" className="btn btn-ghost" onClick={() => setText(stored)}>
              Discard changes
            </button>
          ) : null}
          {mayWrite ? (
            <button type="button" className="btn" aria-disabled={!ready} onClick={submit}>
              Save as v{workflow.version + 1}
            </button>
          ) : (
            <span className="text-xs text-ink-3">Your role reads workflows; editors change them</span>
          )}
        </span>
      </div>
      {save.isError ? (
        <div className="p-3">
          <ErrorNotice
            title={conflict ? 'Somebody saved a newer version while you wrote' : 'The workflow was not saved'}
            error={save.error}
            onRetry={conflict ? () => void queries.invalidateQueries({ queryKey: keys.workflow(workflow.id) }) : undefined}
          >
            {conflict ? <p className="text-ink-2">Copy your text before you load the newer version.</p> : null}
          </ErrorNotice>
        </div>
      ) : null}
      <YamlEditor
        label={`${workflow.name} as YAML`}
        text={text}
        problems={check.problems}
        startLine={startLine}
        onChange={setText}
        onSave={submit}
      />
    </div>
  );
}
