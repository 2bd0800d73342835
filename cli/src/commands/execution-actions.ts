/** Acting on executions: cancel, pause, resume, retry, fork; under `executions` and at the top level. */
import type { JsonObject } from '@automateos/shared/model/json';
import type { Command } from 'commander';
import { type InputOptions, readInput, wholeNumber } from '../files/read-json.ts';
import { watchExecution } from '../follow/watch-execution.ts';
import { Accepted } from '../http/answers.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';

type RetryOptions = { version?: string; follow?: boolean };
type ForkOptions = InputOptions & { from: string; version?: string; follow?: boolean };

const plainActions = [
  { name: 'cancel', description: 'stop an execution; compensations run', said: 'is being cancelled' },
  { name: 'pause', description: 'hold an execution after its running steps', said: 'is paused' },
  { name: 'resume', description: 'let a paused execution go on', said: 'goes on' },
] as const;

export function registerExecutionActions(program: Command, commands: Commands): void {
  const group = program.commands.find((command) => command.name() === 'executions');
  for (const parent of group === undefined ? [program] : [group, program]) registerBelow(parent, commands);
}

function registerBelow(parent: Command, commands: Commands): void {
  for (const { name, description, said } of plainActions) {
    parent
      .command(name)
      .description(description)
      .argument('<execution id>')
      .action((id: string) =>
        commands.run(async (session) => {
          const answer = await act(session, id, name, {});
          session.out.result(answer, () => session.out.line(`${id} ${said}.`));
          return done;
        }),
      );
  }
  parent
    .command('retry')
    .description('go on from the failed steps; finished steps are not run again')
    .argument('<execution id>')
    .option('--version <n>', 'with this version of the workflow: a new execution that takes over what is unchanged')
    .option('--follow', 'follow it to its end')
    .action((id: string, options: RetryOptions) => commands.run((session) => retry(session, id, options)));
  parent
    .command('fork')
    .description('a new execution that takes over the finished steps before a node')
    .argument('<execution id>')
    .requiredOption('--from <node>', 'the node to start again from')
    .option('-i, --input <json>', 'another input; - reads it from stdin')
    .option('-f, --input-file <file>', 'another input, from a file')
    .option('--version <n>', 'with this version of the workflow')
    .option('--follow', 'follow it to its end')
    .action((id: string, options: ForkOptions) => commands.run((session) => fork(session, id, options)));
}

async function retry(session: Session, id: string, options: RetryOptions) {
  const version = wholeNumber(options.version, '--version');
  const answer = await act(session, id, 'retry', version === undefined ? {} : { version });
  return await started(session, answer, id, options.follow === true);
}

async function fork(session: Session, id: string, options: ForkOptions) {
  const input = await readInput(session.host, options);
  const version = wholeNumber(options.version, '--version');
  const body = { nodeId: options.from, ...(input === undefined ? {} : { input }), ...(version === undefined ? {} : { version }) };
  const answer = await act(session, id, 'fork', body);
  return await started(session, answer, id, options.follow === true);
}

async function act(session: Session, id: string, verb: string, body: JsonObject) {
  return await session.api.call(Accepted, `/v1/executions/${encodeURIComponent(id)}/${verb}`, { method: 'POST', json: body });
}

type Started = { readonly id?: string | null | undefined };

async function started(session: Session, answer: Started, from: string, follow: boolean) {
  const { out } = session;
  const id = answer.id ?? from;
  if (follow) return await watchExecution(session, { executionId: id });
  out.result(answer, () => out.line(id === from ? `${oneLine(id)} goes on.` : `${oneLine(id)} started, from ${from}.`));
  out.note(out.noteStyle.dim(`Follow it: automateos tail ${id}`));
  return done;
}
