/** Test files (`*.test.yaml`) with the workflow that each is of: a file beside it, or a workflow on the server. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseDefinitionText } from '@automateos/shared/graph/parse-definition-text';
import type { JsonValue } from '@automateos/shared/model/json';
import { WorkflowTestFile } from '@automateos/shared/model/workflow-test';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { listSourceFiles } from './list-source-files.ts';
import { readText, shownPath } from './read-sources.ts';

export type TestFile = {
  readonly file: string;
  readonly tests: JsonValue;
  /** The tree of the workflow's file, else its name or id on the server. */
  readonly subject:
    | { readonly kind: 'file'; readonly file: string; readonly tree: JsonValue }
    | { readonly kind: 'named'; readonly name: string };
};

const isTestFile = (path: string): boolean => /\.test\.(?:ya?ml|json)$/i.test(path);

/** Of folders, all test files at any depth. Throws for a file that is none, and says where. */
export async function readTestFiles(host: Host, paths: readonly string[]): Promise<readonly TestFile[]> {
  const files: string[] = [];
  for (const path of paths) {
    const full = resolve(host.cwd, path);
    const there = await stat(full).catch(() => null);
    if (there?.isDirectory() !== true) files.push(path);
    else files.push(...(await listSourceFiles(full)).filter(isTestFile).map((file) => shownPath(host, file)));
  }
  const read: TestFile[] = [];
  for (const file of files) read.push(await readTestFile(host, file));
  return read;
}

async function readTestFile(host: Host, file: string): Promise<TestFile> {
  const tree = await readTree(host, file);
  const parsed = WorkflowTestFile.safeParse(tree);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`${file} is no test file: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  // what is sent is what was written: the server fills in what is absent
  const tests = (tree as { readonly tests: JsonValue }).tests;
  return { file, tests, subject: await subjectOf(host, file, parsed.data.workflow) };
}

async function subjectOf(host: Host, file: string, workflow: string): Promise<TestFile['subject']> {
  if (!/\.(?:ya?ml|json)$/i.test(workflow)) return { kind: 'named', name: workflow };
  const path = join(dirname(file), workflow);
  return { kind: 'file', file: path, tree: await readTree(host, path) };
}

async function readTree(host: Host, file: string): Promise<JsonValue> {
  const parsed = parseDefinitionText(await readText(host, file), file.endsWith('.json') ? 'json' : 'yaml');
  if (parsed.ok) return parsed.value;
  throw refused(`${file} cannot be read: ${parsed.problems[0]?.message ?? ''}`);
}

const refused = (message: string): CliError => new CliError({ code: 'MALFORMED_TEST', message, exit: exitCode.usage });
