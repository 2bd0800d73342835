/** Workflows by id or name: list, show, versions, activate, deactivate, delete. */
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { wholeNumber } from '../files/read-json.ts';
import { Anything, Page, Workflow, WorkflowVersion } from '../http/answers.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { listAll } from '../http/list.ts';
import { humanInstant } from '../output/humanise.ts';
import { harmless, oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';
import { confirm } from './confirm.ts';

type ListOptions = { search?: string; limit?: string; cursor?: string };

export function registerWorkflows(program: Command, commands: Commands): void {
  const group = program.command('workflows').alias('wf').description('the workflows on the server');
  group
    .command('list')
    .alias('ls')
    .option('--search <text>', 'part of the name')
    .option('-n, --limit <n>', '1 to 200', '50')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action((options: ListOptions) => commands.run((session) => list(session, options)));
  group
    .command('show')
    .description('state and definition, as YAML')
    .argument('<workflow>', 'id or name')
    .action((workflow: string) => commands.run((session) => show(session, workflow)));
  group
    .command('versions')
    .argument('<workflow>', 'id or name')
    .action((workflow: string) => commands.run((session) => versions(session, workflow)));
  group
    .command('activate')
    .description('make its triggers live')
    .argument('<workflow>', 'id or name')
    .option('--version <n>', 'this version instead of the newest')
    .action((workflow: string, options: { version?: string }) =>
      commands.run((session) => activate(session, workflow, options.version)),
    );
  group
    .command('deactivate')
    .description('its triggers start nothing any more; running executions go on')
    .argument('<workflow>', 'id or name')
    .action((workflow: string) => commands.run((session) => deactivate(session, workflow)));
  group
    .command('delete')
    .argument('<workflow>', 'id or name')
    .option('-y, --yes', 'do not ask')
    .action((workflow: string, options: { yes?: boolean }) =>
      commands.run((session) => remove(session, workflow, options.yes === true)),
    );
}

async function list({ api, host, out }: Session, options: ListOptions) {
  const page = await api.call(Page(Workflow), '/v1/workflows', {
    query: { search: options.search, limit: wholeNumber(options.limit, '--limit'), cursor: options.cursor },
  });
  out.result(page, () => {
    out.table(
      page.items,
      [
        { title: 'WORKFLOW', value: (one) => one.id },
        { title: 'NAME', value: (one) => one.name, flexible: true },
        { title: 'VERSION', value: (one) => String(one.version ?? one.latestVersion ?? ''), align: 'right' },
        { title: 'ACTIVE', value: activeText, paint: (text) => (text === 'no' ? out.style.dim(text) : out.style.good(text)) },
        { title: 'CHANGED', value: (one) => humanInstant(one.updatedAt ?? one.createdAt, host.nowMs()), align: 'right' },
      ],
      'No workflows. Create some: automateos seed, or automateos apply <file>',
    );
    if (page.nextCursor) out.note(out.noteStyle.dim(`There are more: --cursor ${page.nextCursor}`));
  });
  return done;
}

function activeText(workflow: Workflow): string {
  if (typeof workflow.activeVersion === 'number') return `v${workflow.activeVersion}`;
  return workflow.active ? 'yes' : 'no';
}

async function show({ api, host, out }: Session, idOrName: string) {
  const { id } = await findWorkflow(api, idOrName);
  const path = `/v1/workflows/${encodeURIComponent(id)}`;
  const workflow = await api.call(Workflow, path);
  const source = out.json ? '' : (await api.send(path, { accept: 'application/yaml' })).text;
  out.result(workflow, () => {
    const active = activeText(workflow);
    const state = active === 'no' ? 'not active' : `active${active === 'yes' ? '' : ` (${active})`}`;
    const changed = humanInstant(workflow.updatedAt ?? workflow.createdAt, host.nowMs());
    out.note(
      `${out.noteStyle.bold(oneLine(workflow.name))}  ${id}  version ${workflow.version ?? '–'}  ${state}  changed ${changed}`,
    );
    out.line(harmless(source).trimEnd());
  });
  return done;
}

async function versions({ api, host, out }: Session, idOrName: string) {
  const workflow = await findWorkflow(api, idOrName);
  const items = await listAll(api, `/v1/workflows/${encodeURIComponent(workflow.id)}/versions`, WorkflowVersion);
  out.result({ items, nextCursor: null }, () =>
    out.table(
      items,
      [
        { title: 'VERSION', value: (one) => String(one.version), align: 'right' },
        {
          title: 'ACTIVE',
          value: (one) => (one.active || one.version === workflow.activeVersion ? 'yes' : ''),
          paint: out.style.good,
        },
        { title: 'SAVED', value: (one) => humanInstant(one.createdAt, host.nowMs()), align: 'right' },
        { title: 'BY', value: (one) => one.createdBy ?? '', flexible: true },
      ],
      'No versions.',
    ),
  );
  return done;
}

async function activate({ api, out }: Session, idOrName: string, versionText: string | undefined) {
  const version = wholeNumber(versionText, '--version');
  const workflow = await findWorkflow(api, idOrName);
  const json = version === undefined ? {} : { version };
  const answer = await api.call(Anything, `/v1/workflows/${encodeURIComponent(workflow.id)}/activate`, { method: 'POST', json });
  out.result(answer, () =>
    out.line(
      `${out.style.good('✓')} ${oneLine(workflow.name)} is active${version === undefined ? '' : ` (version ${version})`}.`,
    ),
  );
  return done;
}

async function deactivate({ api, out }: Session, idOrName: string) {
  const workflow = await findWorkflow(api, idOrName);
  const answer = await api.call(Anything, `/v1/workflows/${encodeURIComponent(workflow.id)}/deactivate`, {
    method: 'POST',
    json: {},
  });
  out.result(answer, () => out.line(`${out.style.good('✓')} ${oneLine(workflow.name)} is not active any more.`));
  return done;
}

async function remove(session: Session, idOrName: string, yes: boolean) {
  const { api, out } = session;
  const workflow = await findWorkflow(api, idOrName);
  if (!yes && !(await confirm(session, `Delete ${oneLine(workflow.name)} (${workflow.id})?`)))
    throw usageError('Nothing was deleted.');
  await api.send(`/v1/workflows/${encodeURIComponent(workflow.id)}`, { method: 'DELETE' });
  out.result({ id: workflow.id, deleted: true }, () => out.line(`${out.style.good('✓')} ${oneLine(workflow.name)} is deleted.`));
  return done;
}
