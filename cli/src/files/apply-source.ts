/** Makes the server's workflow of this name be what the file says: created, updated, or left alone when nothing changed. */
import { CliError } from '../cli-error.ts';
import { Anything, Workflow } from '../http/answers.ts';
import type { ApiClient } from '../http/api-client.ts';
import { findByName } from '../http/find-workflow.ts';
import type { PlacedProblem } from '../output/render-problems.ts';
import { type Change, diffDefinitions, sameDefinition } from './definition-diff.ts';
import type { BrokenSource, SourceWorkflow } from './source-file.ts';

export type ApplyOptions = { readonly activate?: boolean; readonly force?: boolean; readonly dryRun?: boolean };

export type Applied = {
  readonly file: string;
  readonly name: string;
  readonly status: 'created' | 'updated' | 'unchanged' | 'invalid' | 'refused';
  readonly id?: string | undefined;
  readonly version?: number | undefined;
  /** The version that is live afterwards; null for none. */
  readonly activeVersion?: number | null | undefined;
  readonly activated?: boolean;
  readonly changes?: readonly Change[];
  readonly problems?: readonly PlacedProblem[];
  readonly error?: { readonly code: string; readonly message: string };
};

/** What is wrong with this file is an answer, so that the next file has its turn; what is wrong with the server throws. */
export async function applySource(
  api: ApiClient,
  source: SourceWorkflow | BrokenSource,
  options: ApplyOptions,
): Promise<Applied> {
  const { file } = source;
  if (source.kind === 'broken') return { file, name: '', status: 'invalid', problems: source.problems };
  try {
    return await apply(api, source, options);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { status, problems, code, message } = error.details;
    if (problems !== undefined && problems.length > 0)
      return { file, name: source.name, status: 'invalid', problems: problems.map(source.place) };
    if (status === undefined || ![400, 409, 412, 413, 422].includes(status)) throw error;
    return { file, name: source.name, status: 'refused', error: { code, message } };
  }
}

async function apply(api: ApiClient, source: SourceWorkflow, options: ApplyOptions): Promise<Applied> {
  const { file, name } = source;
  const body = { text: { content: source.text, type: source.type } } as const;
  const found = name === '' ? null : await findByName(api, name);
  if (found === null) {
    if (options.dryRun) return { file, name, status: 'created' };
    const created = await api.call(Workflow, '/v1/workflows', { method: 'POST', ...body });
    return await activated(api, { file, name: created.name, status: 'created', ...state(created) }, options);
  }
  const path = `/v1/workflows/${encodeURIComponent(found.id)}`;
  const answer = await api.send(path);
  const current = Workflow.parse(JSON.parse(answer.text));
  const before = current.definition ?? Anything.parse(current);
  if (!options.force && sameDefinition(before, source.definition)) {
    return await activated(api, { file, name, status: 'unchanged', ...state(current) }, options);
  }
  const changes = diffDefinitions(before, source.definition);
  if (options.dryRun) return { file, name, status: 'updated', ...state(current), changes };
  const etag = answer.headers.get('etag');
  const updated = await api.call(Workflow, path, { method: 'PUT', ...body, headers: etag === null ? {} : { 'if-match': etag } });
  return await activated(api, { file, name, status: 'updated', ...state(updated), changes }, options);
}

async function activated(api: ApiClient, applied: Applied, options: ApplyOptions): Promise<Applied> {
  if (!options.activate || options.dryRun || applied.id === undefined || applied.version === undefined) return applied;
  if (applied.activeVersion === applied.version) return applied;
  const path = `/v1/workflows/${encodeURIComponent(applied.id)}/activate`;
  await api.call(Anything, path, { method: 'POST', json: { version: applied.version } });
  return { ...applied, activated: true, activeVersion: applied.version };
}

/** Servers say either which version is active, or only whether this one is. */
function state(workflow: Workflow) {
  const version = workflow.version ?? workflow.latestVersion ?? undefined;
  const activeVersion = workflow.activeVersion !== undefined ? workflow.activeVersion : workflow.active ? version : null;
  return { id: workflow.id, version, activeVersion };
}
