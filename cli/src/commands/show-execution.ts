/** One execution for people: what it is, its steps, how it ended. Items of a for-each only when asked for; there may be ten thousand. */
import type { JsonValue } from '@automateos/shared/model/json';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { stepLine } from '../follow/progress-view.ts';
import { Execution, Step } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { faultText } from '../output/fault-text.ts';
import { elapsed, humanInstant, plural } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import { done, type Session } from '../session.ts';

export type ShowOptions = { readonly everyItem?: boolean; readonly node?: string };

export async function showExecution(session: Session, id: string, options: ShowOptions) {
  const { api, out } = session;
  const path = `/v1/executions/${encodeURIComponent(id)}`;
  if (options.node !== undefined) return await showSteps(session, path, options.node);
  const execution = await api.call(Execution, path);
  const all = execution.steps === undefined || execution.steps === null || (options.everyItem && execution.stepsTruncated);
  const steps = all ? await listAll(api, `${path}/steps`, Step) : (execution.steps ?? []);
  out.result(all ? { ...execution, steps, stepsTruncated: false } : execution, () => {
    printHead(session, execution);
    printSteps(session, execution, steps, options.everyItem === true);
    printEnd(session, execution);
  });
  return done;
}

const itemWords: Readonly<Record<string, string>> = {
  documentWrites: 'documents written',
  documentReads: 'documents read',
  documentDeletes: 'deletes',
  documentBytes: 'bytes kept',
  publishes: 'messages',
  tasks: 'timers',
  invocations: 'requests',
  vcpuMs: 'ms of processor',
  memoryMibMs: 'MiB ms of memory',
  blobWrites: 'large values written',
  blobReads: 'large values read',
  blobBytes: 'bytes of large values',
  keyOperations: 'secrets opened',
};

function printHead({ host, out }: Session, execution: Execution): void {
  const { style } = out;
  const now = host.nowMs();
  const { status, startedAt, endedAt, forkedFrom, generation, cost, trigger } = execution;
  const name = oneLine(execution.workflowName ?? execution.workflowId ?? '');
  out.line(`${style.sign(status)} ${style.bold(name)}  ${style.status(status)}`);
  const facts: [string, string][] = [
    ['execution', execution.id],
    ['version', execution.version === 0 ? 'draft' : String(execution.version ?? '–')],
    ['started', `${startedAt ?? '–'} (${humanInstant(startedAt, now)}) by ${trigger?.kind ?? '–'}`],
    ['took', elapsed(startedAt, endedAt, now)],
    ['generation', (generation ?? 1) > 1 ? `${generation}` : ''],
    ['forked from', typeof forkedFrom === 'string' ? forkedFrom : (forkedFrom?.executionId ?? '')],
    ['cost', costText(cost)],
  ];
  for (const [fact, value] of facts) if (value !== '') out.line(`  ${style.dim(fact.padEnd(11))} ${oneLine(value)}`);
  out.line();
}

/** `$0.000019 (cloud estimate): 13 document writes, 2 reads, ...`, the dearest first. */
function costText(cost: Execution['cost']): string {
  if (!cost?.microUsd) return '';
  const items = Object.entries(cost.items ?? {})
    .sort(([, a], [, b]) => b.microUsd - a.microUsd)
    .filter(([, { microUsd }]) => microUsd > 0)
    .map(([name, { quantity }]) => `${quantity.toLocaleString('en')} ${itemWords[name] ?? name}`);
  const basis = cost.basis === 'cloud-estimate' ? ' if it had run in the cloud' : '';
  return `$${(cost.microUsd / 1_000_000).toFixed(6)}${basis}${items.length > 0 ? `: ${items.join(', ')}` : ''}`;
}

function printSteps({ host, out }: Session, execution: Execution, steps: readonly Step[], everyItem: boolean): void {
  const { style } = out;
  const shown = steps.filter((step) => everyItem || (step.scope ?? '') === '' || step.status === 'failed');
  for (const step of shown) out.line(`  ${stepLine(step, style, host.nowMs())}`);
  if (steps.length === 0) out.line(style.dim('  no step yet'));
  const hidden = steps.length - shown.length;
  if (hidden > 0 || (execution.stepsTruncated && !everyItem)) {
    const many = execution.stepsTruncated ? 'More steps' : plural(hidden, 'step');
    out.line(style.dim(`  ${many} of items: --every-item`));
  }
}

function printEnd({ out }: Session, { id, status, error, output, deadLetters }: Execution): void {
  const { style } = out;
  if (error) {
    out.line();
    out.line(`  ${faultText(error, style)}`);
    if (error.nodeId)
      out.line(`  ${style.accent('→')} What went in and out: automateos show ${id} --node ${oneLine(error.nodeId)}`);
  }
  if (status === 'failed') out.line(`  ${style.accent('→')} Go on from the failed step: automateos retry ${id}`);
  for (const letter of deadLetters ?? [])
    out.line(`  ${style.accent('→')} Its dead letter: automateos dead-letters show ${letter}`);
  if (output === undefined || output === null) return;
  out.line();
  out.value(output);
}

async function showSteps({ api, host, out }: Session, path: string, nodeId: string) {
  const steps = await listAll(api, `${path}/steps`, Step, { nodeId });
  if (steps.length === 0) {
    const message = `This execution has no step of a node ${JSON.stringify(nodeId)} yet.`;
    throw new CliError({ code: 'NOT_FOUND', message, exit: exitCode.failed });
  }
  out.result({ items: steps, nextCursor: null }, () => {
    for (const step of steps) {
      out.line(stepLine(step, out.style, host.nowMs()));
      const parts: [string, JsonValue | undefined][] = [
        ['input', step.input],
        ['output', step.output],
        ['details of the error', step.error?.details],
        ['earlier tries', Array.isArray(step.tries) && step.tries.length > 0 ? step.tries : undefined],
        ['led nowhere, so null', Array.isArray(step.missing) && step.missing.length > 0 ? step.missing : undefined],
      ];
      for (const [name, value] of parts) {
        if (value === undefined || value === null) continue;
        out.line(out.style.dim(name));
        out.value(value);
      }
    }
  });
  return done;
}
