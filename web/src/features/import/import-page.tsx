/**
 * A workflow from a file of another system, or an export of ours: pasted, chosen or dropped. What it becomes here is shown before anything
 * is stored; the server tells it, by a dry run of the very import.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { ImportCheck, Imported } from '../../lib/api/workflow-import.ts';
import { useApi } from '../../lib/console-context.tsx';
import { keys } from '../../lib/queries.ts';
import { ErrorNotice } from '../../ui/notices.tsx';
import { Page } from '../../ui/page.tsx';
import { Permitted } from '../../ui/permitted.tsx';
import { ImportReportView } from './import-report-view.tsx';
import { bodyOf, SourceField } from './source-field.tsx';
import { useSettled } from './use-settled.ts';

const path = '/v1/workflows/import';

export function ImportPage(): ReactNode {
  return (
    <Page title="Import a workflow" lead="From n8n, AWS Step Functions, Google Cloud Workflows, or an export of AutomateOS.">
      <Permitted action="workflows.write" what="making workflows">
        <Import />
      </Permitted>
    </Page>
  );
}

function Import(): ReactNode {
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const settled = useSettled(text, 400);
  const check = useQuery({
    queryKey: ['import-check', settled],
    queryFn: ({ signal }) =>
      api.call(path, ImportCheck, { method: 'POST', query: { dryRun: 'true' }, ...bodyOf(settled), signal }),
    enabled: settled.trim() !== '',
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const create = useMutation({
    mutationFn: () => api.call(path, Imported, { method: 'POST', query: { onConflict: 'rename' }, ...bodyOf(text) }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: keys.workflows });
      await navigate(`/workflows/${id}`);
    },
  });
  const isReady = check.isSuccess && settled === text && text.trim() !== '' && !create.isPending;
  return (
    <div className="grid shrink-0 items-start gap-4 lg:grid-cols-2">
      <SourceField text={text} onChange={setText} />
      <div className="flex min-w-0 flex-col gap-4">
        <div role="status" className="sr-only">
          {check.isFetching ? 'Looking at it' : check.isSuccess ? 'The report is there' : ''}
        </div>
        {text.trim() === '' ? (
          <p className="p-1 text-ink-2">
            What each step becomes is shown here before anything is made. Secrets are never in such files: credentials are asked
            for by name.
          </p>
        ) : null}
        {check.isError && settled !== '' ? <ErrorNotice title="This cannot be imported" error={check.error} /> : null}
        {check.isSuccess ? (
          <>
            <ImportReportView check={check.data} />
            <div className="flex flex-wrap items-center gap-3">
              <button
                type="button"
                className="btn btn-primary"
                aria-disabled={!isReady}
                onClick={() => (isReady ? create.mutate() : undefined)}
              >
                {check.data.draft ? 'Create as a draft' : 'Create the workflow'}
              </button>
              <span className="text-xs text-ink-3">A name that is taken gets a number.</span>
            </div>
          </>
        ) : check.isFetching ? (
          <p className="late text-ink-2">Looking at it.</p>
        ) : null}
        {create.isError ? <ErrorNotice title="The workflow was not created" error={create.error} /> : null}
      </div>
    </div>
  );
}
