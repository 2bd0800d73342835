/** Drafts: work in progress, kept complete or not. */

import { WorkflowDraftView } from '@automateos/shared/model/workflow-view';
import { getDraft, putDraft } from '../../app/workflows/draft.ts';
import { etagOf, ifMatch } from '../http/etag.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { draftBody } from './definition-body.ts';
import { presentDraft } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';

export function workflowDraftRoutes({ app }: RestContext): readonly Route[] {
  const path = '/v1/workflows/{id}/draft';
  return [
    route({
      ...{ method: 'get', path, tag, access: 'workflows.read', summary: 'Read the draft' },
      description: 'The newest version where no draft was saved.',
      params: idParams,
      answers: { 200: { description: 'The draft and what is wrong with it', schema: WorkflowDraftView } },
      handle: async ({ principal, params }) => {
        const checked = await getDraft(app, principal, params.id);
        return { status: 200, headers: { etag: etagOf(checked.draft.rev) }, body: presentDraft(checked) };
      },
    }),
    route({
      ...{ method: 'put', path, tag, access: 'workflows.write', summary: 'Save the draft, complete or not' },
      headers: { 'If-Match': 'ETag of the last answer: refused when somebody has saved since' },
      params: idParams,
      body: draftBody,
      yaml: true,
      answers: { 200: { description: 'The draft and what is wrong with it', schema: WorkflowDraftView } },
      problems: ['VERSION_MISMATCH'],
      handle: async ({ principal, params, body, source, request }) => {
        const ifRevision = ifMatch(request.header('if-match'));
        const condition = ifRevision === undefined ? {} : { ifRevision };
        const checked = await putDraft(app, principal, { workflowId: params.id, definition: body, source, ...condition });
        return { status: 200, headers: { etag: etagOf(checked.draft.rev) }, body: presentDraft(checked) };
      },
    }),
  ];
}
