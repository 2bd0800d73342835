/** Starts a workflow and follows it: steps to stderr, the output to stdout, the exit code says how it ended. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type InputOptions, readInput, wholeNumber } from '../files/read-json.ts';
import { watchExecution } from '../follow/watch-execution.ts';
import { Accepted } from '../http/answers.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { type Commands, done, type Session } from '../session.ts';

type RunOptions = InputOptions & {
  version?: string;
  trigger?: string;
  detach?: boolean;
  everyItem?: boolean;
  stream?: boolean;
  idempotencyKey?: string;
};

export function registerRun(program: Command, commands: Commands): void {
  program
    .command('run')
    .description('start a workflow and follow it to its end')
    .argument('<workflow>', 'id or name')
    .option('-i, --input <json>', 'the input; - reads it from stdin')
    .option('-f, --input-file <file>', 'the input, from a file; - is stdin')
    .option('--version <n>', 'this version instead of the active or newest one')
    .option('--trigger <node>', 'start at this trigger')
    .option('-d, --detach', 'start only; do not follow')
    .option('--every-item', 'show the steps of every item of a for-each')
    .option('--stream', 'with --json: a line for each event')
    .option('--idempotency-key <key>', 'the same key starts no second execution')
    .action((workflow: string, options: RunOptions) => commands.run((session) => run(session, workflow, options)));
}

async function run(session: Session, idOrName: string, options: RunOptions) {
  const { api, host, out } = session;
  const version = wholeNumber(options.version, '--version');
  const input = await readInput(host, options);
  const workflow = await findWorkflow(api, idOrName);
  const started = await api.call(Accepted, `/v1/workflows/${encodeURIComponent(workflow.id)}/executions`, {
    method: 'POST',
    headers: { 'idempotency-key': options.idempotencyKey ?? randomUUID() },
    json: {
      ...(input === undefined ? {} : { input }),
      ...(version === undefined ? {} : { version }),
      ...(options.trigger === undefined ? {} : { triggerId: options.trigger }),
    },
  });
  const id = started.id ?? '';
  if (options.detach) {
    out.result(started, () => out.line(id));
    out.note(out.noteStyle.dim(`Follow it: automateos tail ${id}`));
    return done;
  }
  out.note(out.noteStyle.dim(`${workflow.name}  ${id}`));
  return await watchExecution(session, {
    executionId: id,
    everyItem: options.everyItem === true,
    stream: options.stream === true,
  });
}
