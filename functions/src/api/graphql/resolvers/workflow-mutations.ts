/** Workflows: create, save, delete, activate, import; one, or up to a hundred. */
import type { JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';
import { activateWorkflow, deactivateWorkflow } from '../../../app/workflows/activate-workflow.ts';
import { createWorkflow } from '../../../app/workflows/create-workflow.ts';
import { definitionToImport, definitionToSave } from '../../../app/workflows/definition-for.ts';
import { deleteWorkflow } from '../../../app/workflows/delete-workflow.ts';
import { discardDraft, putDraft } from '../../../app/workflows/draft.ts';
import { importWorkflow } from '../../../app/workflows/import-workflow.ts';
import { noteVersion } from '../../../app/workflows/note-version.ts';
import { putWorkflow } from '../../../app/workflows/put-workflow.ts';
import { restoreVersion } from '../../../app/workflows/restore-version.ts';
import { plainNote } from '../../rest/plain-note.ts';
import { presentWorkflow } from '../../rest/present-workflow.ts';
import { forEach } from '../for-each.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import { parseInput, requireObject } from '../inputs.ts';
import { orRefused } from '../refusal.ts';

const Note = z.object({ note: plainNote });

function noteIn({ note }: { readonly note?: string | null | undefined }): { readonly note?: string } {
  return note == null ? {} : parseInput(Note, { note });
}

type Stored = Parameters<typeof presentWorkflow>[1];

/** The stored workflow that a use case answers, as it is shown; what the request has read of it before is forgotten. */
function saved(context: GraphqlContext, act: () => Promise<Stored>) {
  return orRefused(async () => {
    const workflow = await act();
    context.loaders.workflow.clear(workflow.id);
    return presentWorkflow(context.app.settings.publicUrl, workflow);
  });
}

const checked = ({ app, principal }: GraphqlContext, definition: JsonValue) => definitionToSave(app, principal, definition);

export const workflowMutations: MutationResolvers = {
  createWorkflow: (_, { input }, context) =>
    saved(context, async () => {
      const definition = await checked(context, input.definition);
      const request = { definition, source: null, activate: input.activate === true, ...noteIn(input) };
      return createWorkflow(context.app, context.principal, request);
    }),
  updateWorkflow: (_, { id, input }, context) =>
    saved(context, async () => {
      const definition = await checked(context, input.definition);
      const { activate, ifVersion } = input;
      const request = {
        workflowId: id,
        definition,
        source: null,
        activate: activate === true,
        ...noteIn(input),
        ...given({ ifVersion }),
      };
      return putWorkflow(context.app, context.principal, request);
    }),
  deleteWorkflow: (_, { id, ifVersion }, { app, principal, loaders }) =>
    orRefused(async () => {
      await deleteWorkflow(app, principal, { workflowId: id, ...given({ ifVersion }) });
      loaders.workflow.clear(id);
      return { id };
    }),
  activateWorkflow: (_, { id, version }, context) =>
    saved(context, () => activateWorkflow(context.app, context.principal, { workflowId: id, ...given({ version }) })),
  deactivateWorkflow: (_, { id }, context) => saved(context, () => deactivateWorkflow(context.app, context.principal, id)),
  restoreVersion: (_, { id, version }, context) =>
    saved(context, () => restoreVersion(context.app, context.principal, id, version)),
  importWorkflow: (_, { input }, { app, principal }) =>
    orRefused(async () => {
      const definition = definitionToImport(app, principal, input.definition);
      const request = { definition, source: null, onConflict: input.onConflict ?? 'fail' } as const;
      const { workflow, created } = await importWorkflow(app, principal, request);
      return { workflow: presentWorkflow(app.settings.publicUrl, workflow), created };
    }),
  noteVersion: (_, { id, version, note }, context) =>
    orRefused(async () => {
      const { app, principal, loaders } = context;
      const request = { workflowId: id, version, note: parseInput(Note, { note }).note };
      // first what may be refused: a key that may write but not read has noted nothing then
      const workflow = await loaders.workflow.load(id);
      const noted = await noteVersion(app, principal, request);
      loaders.version.clear({ workflowId: id, version });
      return { version: noted, ...(workflow === null ? {} : { workflow }) };
    }),
  saveDraft: (_, { workflowId, definition, ...conditions }, { app, principal }) =>
    orRefused(() => {
      const draft = requireObject(definition, 'definition');
      return putDraft(app, principal, { workflowId, definition: draft, source: null, ...given(conditions) });
    }),
  discardDraft: (_, { workflowId }, { app, principal }) =>
    orRefused(async () => {
      await discardDraft(app, principal, workflowId);
      return { id: workflowId };
    }),
  activateWorkflows: (_, { ids }, context) =>
    forEach(ids, (id) => saved(context, () => activateWorkflow(context.app, context.principal, { workflowId: id }))),
  deactivateWorkflows: (_, { ids }, context) =>
    forEach(ids, (id) => saved(context, () => deactivateWorkflow(context.app, context.principal, id))),
};
