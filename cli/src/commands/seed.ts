/** Sample workflows and executions through the public API, so that a new server has something to look at. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { applySource } from '../files/apply-source.ts';
import { wholeNumber } from '../files/read-json.ts';
import { parseSource } from '../files/source-file.ts';
import { Accepted, Execution, isOver } from '../http/answers.ts';
import { elapsed } from '../output/humanise.ts';
import { type Sample, samples } from '../seed/samples.ts';
import { type Commands, done, type Session } from '../session.ts';
import { renderApplied } from './apply.ts';

const patienceMs = 10_000;

export function registerSeed(program: Command, commands: Commands): void {
  program
    .command('seed')
    .description('create sample workflows and run them')
    .option('--runs <n>', 'so many rounds of executions', '1')
    .action((options: { runs: string }) => commands.run((session) => seed(session, wholeNumber(options.runs, '--runs') ?? 1)));
}

type Started = { readonly workflow: string; readonly id: string };

async function seed(session: Session, runs: number) {
  const { api, host, out } = session;
  const started: Started[] = [];
  for (const sample of samples) {
    const workflowId = await createSample(session, sample);
    for (let run = 0; run < runs; run += 1) {
      for (const input of sample.inputs) {
        const answer = await api.call(Accepted, `/v1/workflows/${encodeURIComponent(workflowId)}/executions`, {
          method: 'POST',
          json: { input },
          headers: { 'idempotency-key': randomUUID() },
        });
        started.push({ workflow: sample.definition.name, id: answer.id ?? '' });
      }
    }
  }
  const executions = await settle(session, started.slice(-50));
  out.result({ started: started.length, executions }, () => {
    out.line();
    out.table(
      executions,
      [
        { title: 'EXECUTION', value: (one) => one.id },
        {
          title: 'WORKFLOW',
          value: (one) => one.workflowName ?? started.find(({ id }) => id === one.id)?.workflow ?? '',
          flexible: true,
        },
        { title: 'STATUS', value: (one) => one.status, paint: (text, one) => out.style.status(one.status, text) },
        { title: 'TOOK', value: (one) => elapsed(one.startedAt, one.endedAt, host.nowMs()), align: 'right' },
        { title: 'ERROR', value: (one) => one.error?.message ?? '', flexible: true },
      ],
      'Nothing was started.',
    );
    out.note(out.noteStyle.dim('One of them fails on purpose, one waits for you: automateos approvals list'));
  });
  return done;
}

async function createSample({ api, out }: Session, sample: Sample): Promise<string> {
  const [source] = parseSource('sample', stringify(sample.definition));
  if (source === undefined || source.kind !== 'workflow') throw unusable(sample, 'it cannot be read');
  const applied = await applySource(api, source, { activate: true });
  if (!out.json) out.line(renderApplied(applied, out.style, {}));
  if (applied.id === undefined)
    throw unusable(sample, applied.error?.message ?? applied.problems?.[0]?.message ?? applied.status);
  return applied.id;
}

/** Waits a little for them to end, so that the table has something to say. */
async function settle({ api, host }: Session, started: readonly Started[]): Promise<Execution[]> {
  const until = host.nowMs() + patienceMs;
  const executions: Execution[] = [];
  for (const { id } of started) {
    const path = `/v1/executions/${encodeURIComponent(id)}`;
    let execution = await api.call(Execution, path);
    while (!isOver(execution.status) && !needsPerson(execution) && host.nowMs() < until) {
      await host.sleep(300);
      execution = await api.call(Execution, path);
    }
    executions.push(execution);
  }
  return executions;
}

function needsPerson(execution: Execution): boolean {
  return (execution.steps ?? []).some((step) => step.status === 'waiting' && step.nodeId === 'decide');
}

function unusable(sample: Sample, reason: string): CliError {
  const message = `The server does not take the sample ${sample.definition.name}: ${reason}`;
  return new CliError({ code: 'SEED_REFUSED', message, exit: exitCode.failed });
}
