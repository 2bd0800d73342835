/** Drafts: work in progress, each editor's own, kept complete or not. */

import { WorkflowDraftSummaryView, WorkflowDraftView } from '@automateos/shared/model/workflow-view';
import { z } from 'zod';
import { discardDraft, getDraft, getDraftOf, listDrafts, putDraft } from '../../app/workflows/draft.ts';
import { conditional, etagOf, ifMatch, unchanged } from '../http/etag.ts';
import { idParams, integerParam } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { draftBody } from './definition-body.ts';
import { presentDraft, presentDraftSummary } from './present-workflow.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Workflows';
const path = '/v1/workflows/{id}/draft';
const ofUser = z.object({ id: z.string(), userId: z.string() });

export function workflowDraftRoutes({ app }: RestContext): readonly Route[] {
  const answers = { 200: { description: 'The draft and what is wrong with it', schema: WorkflowDraftView } };
  return [
    route({
      ...{ method: 'get', path, tag, access: 'workflows.read', summary: 'Read your draft' },
      description: 'The newest version, as revision 0, where you have saved none.',
      headers: unchanged,
      params: idParams,
      answers: { ...answers, 304: { description: 'As you have it already' } },
      handle: async ({ principal, params }) => {
        const checked = await getDraft(app, principal, params.id);
        return {
          status: 200,
          headers: { etag: draftEtag(checked.draft.rev, checked.latestVersion) },
          body: presentDraft(checked),
        };
      },
    }),
    route({
      ...{ method: 'put', path, tag, access: 'workflows.write', summary: 'Save your draft, complete or not' },
      description: '`outdated` says that somebody has saved a version since; `baseVersion` tells that you have taken it over.',
      headers: conditional,
      params: idParams,
      query: z.strictObject({ baseVersion: integerParam.optional().describe('The version that this draft builds on') }),
      body: draftBody,
      yaml: true,
      answers,
      problems: ['VERSION_MISMATCH', 'CONFLICT'],
      handle: async ({ principal, params, query, body, source, request }) => {
        const ifRevision = ifMatch(request.header('if-match'));
        const checked = await putDraft(app, principal, {
          ...{ workflowId: params.id, definition: body, source },
          ...(ifRevision === undefined ? {} : { ifRevision }),
          ...(query.baseVersion === undefined ? {} : { baseVersion: query.baseVersion }),
        });
        return {
          status: 200,
          headers: { etag: draftEtag(checked.draft.rev, checked.latestVersion) },
          body: presentDraft(checked),
        };
      },
    }),
    route({
      ...{ method: 'delete', path, tag, access: 'workflows.write', summary: 'Discard your draft' },
      headers: conditional,
      params: idParams,
      answers: { 204: { description: 'You have no draft any more' } },
      problems: ['VERSION_MISMATCH', 'CONFLICT'],
      handle: async ({ principal, params, request }) => {
        await discardDraft(app, principal, params.id, ifMatch(request.header('if-match')));
        return { status: 204 };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/drafts', tag, access: 'workflows.read' },
      summary: 'Who has work in progress, the last saved first',
      params: idParams,
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(WorkflowDraftSummaryView) }) } },
      handle: async ({ principal, params }) => {
        const items = (await listDrafts(app, principal, params.id)).map(presentDraftSummary);
        return { status: 200, body: { items } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/drafts/{userId}', tag, access: 'workflows.read' },
      summary: "Read somebody's draft",
      params: ofUser,
      answers,
      handle: async ({ principal, params }) => {
        return { status: 200, body: presentDraft(await getDraftOf(app, principal, params.id, params.userId)) };
      },
    }),
  ];
}

/** A version that somebody saves changes what a reader of the draft sees, too. */
function draftEtag(rev: number, latestVersion: number): string {
  return etagOf(rev, `.${latestVersion}`);
}
