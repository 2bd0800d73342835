/** Decisions that wait for a person. */
import type { Command } from 'commander';
import { parseJson } from '../files/read-json.ts';
import { Anything, Approval } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { humanInstant } from '../output/humanise.ts';
import { type Commands, done, type Session } from '../session.ts';

type DecideOptions = { comment?: string; data?: string };

export function registerApprovals(program: Command, commands: Commands): void {
  const group = program.command('approvals').description('decisions that wait for a person');
  group
    .command('list')
    .alias('ls')
    .option('-s, --status <status>', 'pending, approved, rejected, ...', 'pending')
    .action((options: { status: string }) => commands.run((session) => list(session, options.status)));
  for (const decision of ['approve', 'reject'] as const) {
    group
      .command(decision)
      .argument('<approval id>')
      .option('-m, --comment <text>')
      .option('--data <json>', 'what the form of the approval asks for')
      .action((id: string, options: DecideOptions) => commands.run((session) => decide(session, id, decision, options)));
  }
}

async function list({ api, host, out }: Session, status: string) {
  const items = await listAll(api, '/v1/approvals', Approval, { status });
  out.result({ items, nextCursor: null }, () =>
    out.table(
      items,
      [
        { title: 'APPROVAL', value: (one) => one.id },
        { title: 'ASKS', value: (one) => one.title ?? '', flexible: true },
        { title: 'WORKFLOW', value: (one) => one.workflowName ?? '', flexible: true },
        { title: 'EXECUTION', value: (one) => one.executionId ?? '' },
        { title: 'SINCE', value: (one) => humanInstant(one.createdAt, host.nowMs()), align: 'right' },
        { title: 'ENDS', value: (one) => humanInstant(one.expiresAt, host.nowMs()), align: 'right' },
      ],
      status === 'pending' ? 'Nothing waits for a decision.' : 'No approvals.',
    ),
  );
  return done;
}

async function decide({ api, out }: Session, id: string, decision: 'approve' | 'reject', options: DecideOptions) {
  const data = options.data === undefined ? {} : { data: parseJson(options.data, '--data') };
  const comment = options.comment === undefined ? {} : { comment: options.comment };
  const json = { decision, ...comment, ...data };
  const answer = await api.call(Anything, `/v1/approvals/${encodeURIComponent(id)}`, { method: 'POST', json });
  out.result(answer, () => out.line(`${out.style.good('✓')} ${id} is ${decision === 'approve' ? 'approved' : 'rejected'}.`));
  return done;
}
