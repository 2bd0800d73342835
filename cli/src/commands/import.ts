/** Workflows into a server: our own exports, and files of n8n, AWS Step Functions and Google Cloud Workflows with a report of what was mapped. */
import { ImportReport, ImportSource } from '@automateos/shared/import/import-report';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { type ImportFile, readImports } from '../files/read-imports.ts';
import { Workflow } from '../http/answers.ts';
import { renderProblems } from '../output/render-problems.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type ImportOptions = { onConflict: string; from?: string; dryRun?: boolean; name?: string };

const Problems = z.array(z.looseObject({ path: z.string(), code: z.string(), message: z.string() }));

/** Only files of other systems, and dry runs, come with a report. */
const Imported = z.union([
  z.looseObject({ workflow: Workflow.nullable(), draft: z.boolean(), report: ImportReport, problems: Problems }),
  Workflow,
]);
type Reported = Extract<z.infer<typeof Imported>, { report: unknown }>;

export function registerImport(program: Command, commands: Commands): void {
  program
    .command('import')
    .description('create workflows from exported files: ours, n8n, AWS Step Functions, Google Cloud Workflows')
    .argument('<path...>', 'files (a JSON list holds several workflows), folders of exports with nodes, or - for stdin')
    .option('--on-conflict <what>', 'when a name is taken: fail, rename or update', 'fail')
    .option('--from <system>', `what the files are, where it cannot be told: ${ImportSource.options.join(', ')}`)
    .option('--name <name>', 'name of the workflow, for a file of another system')
    .option('--dry-run', 'only report what would be imported')
    .action((paths: string[], options: ImportOptions) => commands.run((session) => importWorkflows(session, paths, options)));
}

async function importWorkflows(session: Session, paths: readonly string[], options: ImportOptions) {
  const { out } = session;
  if (!['fail', 'rename', 'update'].includes(options.onConflict)) throw usageError('--on-conflict is fail, rename or update.');
  if (options.from !== undefined && !ImportSource.safeParse(options.from).success) {
    throw usageError(`--from is one of ${ImportSource.options.join(', ')}.`);
  }
  const imported: unknown[] = [];
  let faults = 0;
  for (const source of await readImports(session.host, paths)) {
    if (source.kind === 'broken') {
      faults += 1;
      imported.push({ file: source.file, problems: source.problems });
      if (!out.json) out.line(`${out.style.bad('✗')} ${source.file}\n${renderProblems(source.problems, out.style).trimEnd()}`);
      continue;
    }
    const result = await importOne(session, source, options);
    if (!result.ok) faults += 1;
    imported.push(result.document);
  }
  if (out.json) out.result({ files: imported }, () => undefined);
  return faults === 0 ? done : exitCode.failed;
}

type Result = { readonly ok: boolean; readonly document: unknown };

async function importOne(
  { api, out }: Session,
  source: ImportFile,
  { onConflict, from, dryRun, name }: ImportOptions,
): Promise<Result> {
  // The defaults are what a server does unasked.
  const query = {
    ...(onConflict === 'fail' ? {} : { onConflict }),
    ...(from === undefined ? {} : { from }),
    ...(name === undefined ? {} : { name }),
    ...(dryRun === true ? { dryRun: 'true' } : {}),
  };
  try {
    const text = { content: source.text, type: source.type };
    const answer = await api.call(Imported, '/v1/workflows/import', { method: 'POST', query, text });
    if (!out.json) show(out, source, answer);
    return { ok: true, document: { file: source.file, answer } };
  } catch (error) {
    if (!(error instanceof CliError) || ![400, 409, 413, 422].includes(error.details.status ?? 0)) throw error;
    const { code, message, problems = [] } = error.details;
    const placed = problems.map(source.place);
    if (!out.json)
      out.line(
        `${out.style.bad('✗')} ${source.file}  ${oneLine(message)} ${out.style.dim(`[${code}]`)}\n${renderProblems(placed, out.style)}`.trimEnd(),
      );
    return { ok: false, document: { file: source.file, error: { code, message }, problems: placed } };
  }
}

function show(out: Session['out'], { file }: ImportFile, answer: z.infer<typeof Imported>): void {
  if (!isReported(answer)) {
    out.line(`${out.style.good('+')} ${file}  ${oneLine(answer.name)}  ${out.style.dim(answer.id)}`);
    return;
  }
  const { workflow, draft, report } = answer;
  const { total, mapped, partly, unmapped } = report.nodes;
  const what =
    workflow === null
      ? 'would be imported'
      : `${oneLine(workflow.name)}  ${out.style.dim(workflow.id)}${draft ? '  (a draft)' : ''}`;
  out.line(`${out.style.good(workflow === null ? '·' : '+')} ${file}  ${out.style.dim(report.source)}  ${what}`);
  out.line(
    `  ${mapped} of ${total} steps mapped, ${partly} partly, ${unmapped} not; ${report.expressions.mapped} of ${report.expressions.total} expressions`,
  );
  if (report.items.length > 0) showItems(out, report);
  for (const { name, kind, usedBy } of report.credentials)
    out.line(`  needs the credential ${oneLine(name)} (${kind}), for ${usedBy.join(', ')}`);
  for (const warning of report.warnings) out.line(`  ${out.style.dim('!')} ${oneLine(warning)}`);
}

function showItems(out: Session['out'], { items }: ImportReport): void {
  out.table(
    items,
    [
      { title: 'step', value: ({ sourceName }) => sourceName, flexible: true },
      { title: 'node', value: ({ nodeId }) => nodeId ?? '–' },
      { title: 'status', value: ({ status }) => status },
      { title: 'reason', value: ({ reason }) => reason ?? '', flexible: true },
    ],
    '',
  );
}

const isReported = (answer: z.infer<typeof Imported>): answer is Reported =>
  'report' in answer && typeof answer.report === 'object';
