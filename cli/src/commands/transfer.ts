/** Workflows out of the server and into one: export to stdout, a file or a folder; import from files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { readSources } from '../files/read-sources.ts';
import { Workflow } from '../http/answers.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { listAll } from '../http/list.ts';
import { plural } from '../output/humanise.ts';
import { renderProblems } from '../output/render-problems.ts';
import { harmless, oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type ImportOptions = { onConflict: string };
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
  program
    .command('import')
    .description('create workflows from exported files')
    .argument('<path...>', 'files, folders, or - for stdin')
    .option('--on-conflict <what>', 'when a name is taken: fail, rename or update', 'fail')
    .action((paths: string[], options: ImportOptions) => commands.run((session) => importWorkflows(session, paths, options)));
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

async function importWorkflows(session: Session, paths: readonly string[], { onConflict }: ImportOptions) {
  const { api, out } = session;
  if (!['fail', 'rename', 'update'].includes(onConflict)) throw usageError('--on-conflict is fail, rename or update.');
  // The default is what a server does unasked.
  const query = onConflict === 'fail' ? {} : { onConflict };
  const imported: unknown[] = [];
  let faults = 0;
  for (const source of await readSources(session.host, paths)) {
    if (source.kind === 'broken') {
      faults += 1;
      imported.push({ file: source.file, problems: source.problems });
      if (!out.json) out.line(`${out.style.bad('✗')} ${source.file}\n${renderProblems(source.problems, out.style).trimEnd()}`);
      continue;
    }
    try {
      const answer = await api.call(Workflow, '/v1/workflows/import', {
        method: 'POST',
        query,
        text: { content: source.text, type: source.type },
      });
      imported.push({ file: source.file, answer });
      if (!out.json) out.line(`${out.style.good('+')} ${source.file}  ${oneLine(answer.name)}  ${out.style.dim(answer.id)}`);
    } catch (error) {
      if (!(error instanceof CliError) || ![400, 409, 422].includes(error.details.status ?? 0)) throw error;
      faults += 1;
      const { code, message, problems = [] } = error.details;
      const placed = problems.map(source.place);
      imported.push({ file: source.file, error: { code, message }, problems: placed });
      if (!out.json)
        out.line(
          `${out.style.bad('✗')} ${source.file}  ${oneLine(message)} ${out.style.dim(`[${code}]`)}\n${renderProblems(placed, out.style)}`.trimEnd(),
        );
    }
  }
  if (out.json) out.result({ files: imported }, () => undefined);
  return faults === 0 ? done : exitCode.failed;
}
