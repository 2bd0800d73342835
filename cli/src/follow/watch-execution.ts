/**
 * Follow, show, and say how it ended: what `run`, `tail` and every --follow do. Ctrl-C stops the watching, never the execution.
 */

import { type ExitCode, exitCode, exitCodeOfStatus } from '../exit-code.ts';
import { Approval, type Execution } from '../http/answers.ts';
import { listAll } from '../http/list.ts';
import { faultText } from '../output/fault-text.ts';
import { elapsed } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import type { Session } from '../session.ts';
import type { FollowEvent } from './follow-event.ts';
import { followExecution } from './follow-execution.ts';
import { createProgressView } from './progress-view.ts';

export type WatchOptions = {
  readonly executionId: string;
  readonly everyItem?: boolean;
  /** With --json: every event as a line of its own, and `{type: 'done', execution}` as the last one; else the execution alone. */
  readonly stream?: boolean;
};

export async function watchExecution(session: Session, options: WatchOptions): Promise<ExitCode> {
  const { host, out } = session;
  const interrupt = new AbortController();
  const release = host.onInterrupt(() => interrupt.abort());
  const view = out.json ? null : createProgressView({ host, style: out.noteStyle, everyItem: options.everyItem === true });
  let execution: Execution | null;
  try {
    const events = followExecution({
      api: session.api,
      executionId: options.executionId,
      signal: interrupt.signal,
      sleep: host.sleep,
    });
    let next = await events.next();
    while (!next.done) {
      if (out.json && options.stream && next.value.kind !== 'reconnecting') out.event(next.value.raw);
      view?.show(next.value);
      if (view !== null && waitsForPerson(next.value)) await tellApproval(session, options.executionId);
      next = await events.next();
    }
    execution = next.value;
  } finally {
    view?.close();
    release();
  }
  if (execution === null) {
    host.stderr.write(`The execution goes on. Follow it again: automateos tail ${options.executionId}\n`);
    return exitCode.interrupted;
  }
  if (out.json && options.stream) out.event({ type: 'done', execution });
  else out.result(execution, () => printEnd(session, execution));
  return exitCodeOfStatus(execution.status);
}

function printEnd({ host, out }: Session, execution: Execution): void {
  const style = out.noteStyle;
  const time = elapsed(execution.startedAt, execution.endedAt, host.nowMs());
  out.note(`${style.sign(execution.status)} ${style.status(execution.status)} in ${time}  ${style.dim(execution.id)}`);
  if (execution.error) out.note(`  ${faultText(execution.error, style)}`);
  if (execution.status === 'failed') {
    out.note(
      `  ${style.accent('→')} Look at it: automateos show ${execution.id}. Go on from the failed step: automateos retry ${execution.id}`,
    );
  }
  if (execution.output !== undefined && execution.output !== null) out.value(execution.output);
}

function waitsForPerson(event: FollowEvent): boolean {
  return event.kind === 'step' && event.step.status === 'waiting';
}

/** A wait for a person is only useful to know of with the command that ends it. */
async function tellApproval(session: Session, executionId: string): Promise<void> {
  try {
    const approvals = await listAll(session.api, '/v1/approvals', Approval, { status: 'pending' });
    for (const approval of approvals.filter((one) => one.executionId === executionId)) {
      session.out.note(
        `  ${session.out.noteStyle.accent('→')} ${oneLine(approval.title ?? 'Approval')}: automateos approvals approve ${approval.id}`,
      );
    }
  } catch {
    // Only a hint beside the execution; its own calls report what is wrong.
  }
}
