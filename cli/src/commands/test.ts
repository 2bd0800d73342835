/** Runs workflow tests on a server, where the real engine runs them in isolation; prints what differed, writes JUnit XML for CI. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { detectSource } from '@automateos/shared/import/import-foreign';
import type { JsonValue } from '@automateos/shared/model/json';
import { type TestCoverage, TestReport } from '@automateos/shared/model/workflow-test';
import type { Command } from 'commander';
import { getJunitXml } from 'junit-xml';
import { z } from 'zod';
import { usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { readTestFiles, type TestFile } from '../files/read-test-files.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { plural } from '../output/humanise.ts';
import { harmless, oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type TestOptions = { junit?: string; coverage?: boolean };

export function registerTest(program: Command, commands: Commands): void {
  program
    .command('test')
    .description('run *.test.yaml files: the real engine, mocked answers, nothing leaves')
    .argument('[path...]', 'test files or folders', ['.'])
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--coverage', 'name the nodes and ports that no test reaches')
    .action((paths: string[], options: TestOptions) => commands.run((session) => test(session, paths, options)));
}

type Ran = { readonly file: string; readonly report: TestReport };

async function test(session: Session, paths: readonly string[], options: TestOptions) {
  const { host, out } = session;
  const files = await readTestFiles(host, paths);
  if (files.length === 0)
    throw usageError('There are no test files.', 'A test file ends in .test.yaml: see docs/guides/workflow-tests.md.');
  const ran: Ran[] = [];
  for (const file of files) {
    const report = await runFile(session, file);
    ran.push({ file: file.file, report });
    if (!out.json) show(out, file.file, report, options.coverage === true);
  }
  if (options.junit !== undefined) await writeFile(resolve(host.cwd, options.junit), junitOf(ran));
  const failed = ran.reduce((sum, { report }) => sum + report.failed, 0);
  const passed = ran.reduce((sum, { report }) => sum + report.passed, 0);
  out.result({ passed, failed, files: ran }, () => out.line(`${plural(passed, 'test')} passed, ${failed} failed`));
  return failed === 0 ? done : exitCode.failed;
}

async function runFile(session: Session, { tests, subject }: TestFile): Promise<TestReport> {
  const of: { readonly [key: string]: JsonValue } =
    subject.kind === 'named'
      ? { workflowId: (await findWorkflow(session.api, subject.name)).id }
      : { definition: await definitionOf(session, subject.tree) };
  return session.api.call(TestReport, '/v1/workflow-tests/run', { method: 'POST', json: { ...of, tests } });
}

/** A file of another system is tested as what it would be imported as. */
async function definitionOf({ api }: Session, tree: JsonValue): Promise<JsonValue> {
  const source = detectSource(tree);
  if (source === null || source === 'automateos') return tree;
  const Answer = z.looseObject({ definition: z.json() });
  const query = { dryRun: 'true' };
  const { definition } = await api.call(Answer, '/v1/workflows/import', { method: 'POST', query, json: tree });
  return definition;
}

function show(out: Session['out'], file: string, { results, coverage, workflow }: TestReport, wantsCoverage: boolean): void {
  out.line(`${file}  ${out.style.dim(oneLine(workflow.name))}`);
  for (const { name, passed, failures, durationMs } of results) {
    out.line(`  ${out.style.sign(passed ? 'succeeded' : 'failed')} ${oneLine(name)}  ${out.style.dim(`${durationMs} ms`)}`);
    for (const { message } of failures) out.line(`      ${harmless(message)}`);
  }
  if (wantsCoverage) showCoverage(out, coverage);
}

function showCoverage(out: Session['out'], { nodes, ports }: TestCoverage): void {
  for (const [what, { total, reached, missed }] of Object.entries({ nodes, ports })) {
    const share = total === 0 ? 100 : Math.floor((reached / total) * 100);
    out.line(
      `  ${what}: ${reached} of ${total} (${share} %)${missed.length === 0 ? '' : `, not ${missed.map(oneLine).join(', ')}`}`,
    );
  }
}

function junitOf(ran: readonly Ran[]): string {
  return getJunitXml({
    name: 'automateos test',
    suites: ran.map(({ file, report }) => ({
      name: file,
      time: report.results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000,
      testCases: report.results.map(({ name, failures, durationMs }) => ({
        name,
        classname: report.workflow.name,
        time: durationMs / 1_000,
        ...(failures.length === 0 ? {} : { failures: failures.map(({ path, message }) => ({ message, type: path })) }),
      })),
    })),
  });
}
