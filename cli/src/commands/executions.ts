/** Looking at executions: list, show, tail, logs. The ones used most stand at the top level too. */
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { wholeNumber } from '../files/read-json.ts';
import { watchExecution } from '../follow/watch-execution.ts';
import { Execution, Page } from '../http/answers.ts';
import { findWorkflow } from '../http/find-workflow.ts';
import { elapsed, humanInstant } from '../output/humanise.ts';
import { instantOption } from '../output/instant-option.ts';
import { type Commands, done, type Session } from '../session.ts';
import { printLogs } from './logs.ts';
import { type ShowOptions, showExecution } from './show-execution.ts';

type ListOptions = { workflow?: string; status?: string; from?: string; to?: string; limit?: string; cursor?: string };
type TailOptions = { everyItem?: boolean };
type LogOptions = { level?: string; node?: string; follow?: boolean };

const statuses = ['queued', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'timed-out'];

export function registerExecutions(program: Command, commands: Commands): void {
  const group = program.command('executions').alias('exec').description('look at executions and act on them');
  group
    .command('list')
    .alias('ls')
    .description('newest first')
    .option('-w, --workflow <id or name>')
    .option('-s, --status <status>', statuses.join(', '))
    .option('--from <instant>', 'ISO 8601, or how long ago: 2h, 7d')
    .option('--to <instant>', 'ISO 8601, or how long ago')
    .option('-n, --limit <n>', '1 to 200', '20')
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .action((options: ListOptions) => commands.run((session) => list(session, options)));
  for (const parent of [group, program]) {
    parent
      .command('show')
      .description('one execution: its steps, output and error')
      .argument('<execution id>')
      .option('--every-item', 'also the steps of every item of a for-each')
      .option('--node <node>', 'one step in full: input, output, error, earlier tries')
      .action((id: string, options: ShowOptions) => commands.run((session) => showExecution(session, id, options)));
    parent
      .command('tail')
      .description('follow an execution to its end')
      .argument('<execution id>')
      .option('--every-item', 'show the steps of every item of a for-each')
      .action((id: string, options: TailOptions) =>
        commands.run((session) =>
          watchExecution(session, { executionId: id, everyItem: options.everyItem === true, stream: true }),
        ),
      );
    parent
      .command('logs')
      .description('the log lines of an execution')
      .argument('<execution id>')
      .option('--level <level>', 'this level and above: debug, info, warn, error')
      .option('--node <node>', 'of this node only')
      .option('-f, --follow', 'go on until the execution ends')
      .action((id: string, options: LogOptions) => commands.run((session) => printLogs(session, id, options)));
  }
}

async function list(session: Session, options: ListOptions) {
  const { api, host, out } = session;
  if (options.status !== undefined && !statuses.includes(options.status)) {
    throw usageError(`There is no status ${JSON.stringify(options.status)}.`, `One of: ${statuses.join(', ')}`);
  }
  const now = host.nowMs();
  const workflow = options.workflow === undefined ? undefined : await findWorkflow(api, options.workflow);
  const page = await api.call(Page(Execution), '/v1/executions', {
    query: {
      workflowId: workflow?.id,
      status: options.status,
      from: instantOption(options.from, '--from', now),
      to: instantOption(options.to, '--to', now),
      limit: wholeNumber(options.limit, '--limit'),
      cursor: options.cursor,
    },
  });
  out.result(page, () => {
    out.table(
      page.items,
      [
        { title: 'EXECUTION', value: (one) => one.id },
        { title: 'WORKFLOW', value: (one) => one.workflowName ?? one.workflowId ?? '', flexible: true },
        { title: 'STATUS', value: (one) => one.status, paint: (text, one) => out.style.status(one.status, text) },
        { title: 'BY', value: (one) => one.trigger?.kind ?? '' },
        { title: 'STARTED', value: (one) => humanInstant(one.startedAt, now), align: 'right' },
        { title: 'TOOK', value: (one) => elapsed(one.startedAt, one.endedAt, now), align: 'right' },
        {
          title: 'ERROR',
          value: (one) => (one.error ? `${one.error.code ?? ''} ${one.error.message ?? ''}` : ''),
          flexible: true,
        },
      ],
      'No executions.',
    );
    if (page.nextCursor) out.note(out.noteStyle.dim(`There are more: --cursor ${page.nextCursor}`));
  });
  return done;
}
