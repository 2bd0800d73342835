/**
 * Definitions as files that mean the same in another organization: what they refer to by an id of ours (credentials, other workflows) is
 * told by its name, and no secret is in them. An id that leads nowhere any more stays as it is.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { renderDefinition, type TextFormat } from './definition-text.ts';
import { getWorkflow } from './get-workflow.ts';
import { listWorkflows } from './list-workflows.ts';

export type ExportedFile = { readonly name: string; readonly text: string };

/** Throws NOT_FOUND. */
export async function exportWorkflow(
  app: App,
  principal: Principal,
  request: { readonly workflowId: string; readonly format: TextFormat; readonly version?: number | undefined },
): Promise<ExportedFile> {
  const { version } = await getWorkflow(app, principal, request.workflowId, request.version);
  const definition = await withNames(app, principal.org, version.definition);
  return { name: definition.name, text: await renderDefinition(definition, version.source, request.format) };
}

/** More than one answer should hold. */
const mostWorkflows = 200;
const mostChars = 8 * 1024 * 1024;

/** YAML documents one after the other, or a JSON array. Those named, else all by name. Throws NOT_FOUND, INVALID_PARAMS where it is too much. */
export async function exportWorkflows(
  app: App,
  principal: Principal,
  request: { readonly format: TextFormat; readonly ids?: readonly string[] | undefined },
): Promise<string> {
  requirePermission(principal, 'workflows.read');
  const ids = request.ids ?? (await allIds(app, principal));
  if (ids.length > mostWorkflows) throw tooMuch(`${mostWorkflows} workflows`);
  const texts: string[] = [];
  let chars = 0;
  for (const workflowId of ids) {
    const { text } = await exportWorkflow(app, principal, { workflowId, format: request.format });
    chars += text.length;
    if (chars > mostChars) throw tooMuch('8 MiB');
    texts.push(text.trimEnd());
  }
  return request.format === 'json' ? `[\n${texts.join(',\n')}\n]\n` : texts.map((text) => `---\n${text}\n`).join('');
}

async function allIds(app: App, principal: Principal): Promise<readonly string[]> {
  const { items } = await listWorkflows(app, principal, { limit: mostWorkflows + 1, after: null });
  return items.map(({ id }) => id);
}

function tooMuch(limit: string): AppError {
  return new AppError('INVALID_PARAMS', { reason: `One export holds at most ${limit}: name fewer in ids.` });
}

async function withNames(app: App, org: string, definition: Definition): Promise<Definition> {
  const nameOf = createNames(app, org);
  const nodes = await Promise.all(
    definition.nodes.map(async (node) => {
      const called = node.type === 'flow.call' ? node.params.workflow : undefined;
      return {
        ...node,
        ...(node.credential === undefined ? {} : { credential: await nameOf(node.credential) }),
        ...(typeof called === 'string' ? { params: { ...node.params, workflow: await nameOf(called) } } : {}),
      };
    }),
  );
  const { errorWorkflow } = definition.settings;
  const settings = errorWorkflow === undefined ? {} : { errorWorkflow: await nameOf(errorWorkflow) };
  return { ...definition, nodes, settings: { ...definition.settings, ...settings } };
}

/** Each id is asked for once. */
function createNames(app: App, org: string): (idOrName: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const read = async (id: string): Promise<string> => {
    const path = id.startsWith('crd_') ? paths.credential(org, id) : paths.workflow(org, id);
    const name = (await app.store.get(path))?.data.name;
    return typeof name === 'string' ? name : id;
  };
  return (idOrName) => {
    if (!/^(crd|wf)_[A-Za-z0-9]+$/.test(idOrName)) return Promise.resolve(idOrName);
    const found = known.get(idOrName) ?? read(idOrName);
    known.set(idOrName, found);
    return found;
  };
}
