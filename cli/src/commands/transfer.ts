/** Workflows out of the server: export to stdout, a file or a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { Workflow } from '../http/answers.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { listAll } from '../http/list.ts';
import { plural } from '../output/humanise.ts';
import { harmless, oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type ExportOptions = { format: string; output?: string; all?: boolean };

export function registerTransfer(program: Command, commands: Commands): void {
  program
    .command('export')
    .description('write a workflow as YAML or JSON, comments kept')
    .argument('[workflow]', 'id or name')
    .option('--format <format>', 'yaml or json', 'yaml')
    .option('-o, --output <path>', 'a file instead of stdout; with --all a folder')
    .option('--all', 'every workflow, a file each')
    .action((workflow: string | undefined, options: ExportOptions) =>
      commands.run((session) => exportWorkflows(session, workflow, options)),
    );
}

async function exportWorkflows(session: Session, idOrName: string | undefined, options: ExportOptions) {
  if (options.format !== 'yaml' && options.format !== 'json')
    throw usageError(`--format is yaml or json, not ${JSON.stringify(options.format)}.`);
  if (options.all) return await exportAll(session, options);
  if (idOrName === undefined) throw usageError('Which workflow?', 'Name one, or give --all with --output <folder>.');
  const { api, host, out } = session;
  const workflow = await findWorkflow(api, idOrName);
  // --json asks for the definition itself as JSON.
  const text = await exported(session, workflow.id, out.json ? 'json' : options.format);
  if (options.output === undefined || options.output === '-')
    host.stdout.write(out.json ? text : `${(host.stdout.isTTY ? harmless(text) : text).trimEnd()}\n`);
  else {
    await save(resolve(host.cwd, options.output), text);
    out.result({ id: workflow.id, file: options.output }, () =>
      out.line(`${out.style.good('✓')} ${oneLine(workflow.name)} → ${options.output}`),
    );
  }
  return done;
}

async function exportAll(session: Session, options: ExportOptions) {
  const { api, host, out } = session;
  if (options.output === undefined) throw usageError('--all needs a folder.', 'automateos export --all --output workflows');
  const folder = resolve(host.cwd, options.output);
  await mkdir(folder, { recursive: true });
  const files: { id: string; name: string; file: string }[] = [];
  const taken = new Set<string>();
  for (const { id, name } of await listAll(api, '/v1/workflows', Workflow)) {
    const file = `${freeName(name, id, taken)}.${options.format}`;
    await save(join(folder, file), await exported(session, id, options.format));
    files.push({ id, name, file });
    if (!out.json) out.line(`${out.style.good('✓')} ${oneLine(name)} → ${join(options.output, file)}`);
  }
  if (out.json) out.result({ files }, () => undefined);
  out.note(out.noteStyle.dim(plural(files.length, 'workflow')));
  return done;
}

/** A name is other people's text: nothing of it that means something to a file system is kept. */
function freeName(name: string, id: string, taken: Set<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  const free = plain === '' || taken.has(plain) ? `${plain}${plain === '' ? '' : '-'}${id.replace(/\W/g, '')}` : plain;
  taken.add(free);
  return free;
}

async function exported({ api }: Session, id: string, format: string): Promise<string> {
  const accept = format === 'json' ? 'application/json' : 'application/yaml';
  return (await api.send(`/v1/workflows/${encodeURIComponent(id)}/export`, { query: { format }, accept })).text;
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text.endsWith('\n') ? text : `${text}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    throw new CliError(
      { code: 'FILE_UNWRITABLE', message: `${path} cannot be written: ${reason}`, exit: exitCode.usage },
      { cause },
    );
  }
}
