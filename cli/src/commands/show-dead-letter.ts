/** One dead letter for people: what happened, what the step was tried with or the message said, and the command that comes next. */
import type { JsonValue } from '@automateos/shared/model/json';
import { DeadLetterDetail } from '../http/answers.ts';
import { faultText } from '../output/fault-text.ts';
import { humanInstant } from '../output/humanise.ts';
import { harmless, oneLine } from '../output/text-width.ts';
import { done, type Session } from '../session.ts';

export async function showDeadLetter(session: Session, id: string) {
  const { api, out } = session;
  const letter = await api.call(DeadLetterDetail, `/v1/dead-letters/${encodeURIComponent(id)}`);
  out.result(letter, () => {
    printFacts(session, letter);
    printContent(session, letter);
    printNext(session, letter);
  });
  return done;
}

function printFacts({ host, out }: Session, letter: DeadLetterDetail): void {
  const { style } = out;
  const { execution, delivery, step } = letter;
  out.line(`${style.bold(oneLine(letter.message ?? letter.reason ?? ''))}  ${letter.status}`);
  const facts: [string, string | null | undefined][] = [
    ['dead letter', letter.id],
    ['reason', letter.reason],
    ['since', letter.createdAt && `${letter.createdAt} (${humanInstant(letter.createdAt, host.nowMs())})`],
    ['workflow', letter.workflowName ?? letter.workflowId],
    ['execution', letter.executionId && `${letter.executionId} ${execution ? execution.status : 'is not there any more'}`],
    ['step', [letter.scope, letter.nodeId].filter(Boolean).join(' ')],
    ['attempts', step?.attempt ? `${step.attempt}` : null],
    ['redriven', letter.redrivenAt && `${letter.redrivenAt} by ${letter.redrivenBy ?? '–'}`],
    ['discarded', letter.discardedAt && `${letter.discardedAt} by ${letter.discardedBy ?? '–'}`],
    ['because', letter.discardReason],
    ['came from', delivery?.subscription],
    ['deliveries', delivery?.attempts ? `${delivery.attempts}` : null],
  ];
  for (const [fact, value] of facts) if (value) out.line(`  ${style.dim(fact.padEnd(11))} ${oneLine(value)}`);
}

function printContent({ out }: Session, { step, delivery }: DeadLetterDetail): void {
  const { style } = out;
  if (step?.error) out.line(`\n  ${faultText(step.error, style)}`);
  const parts: [string, JsonValue | undefined][] = [
    ['input', step?.input],
    ['earlier tries', Array.isArray(step?.tries) && step.tries.length > 0 ? step.tries : undefined],
  ];
  for (const [name, value] of parts) {
    if (value === undefined || value === null) continue;
    out.line(style.dim(name));
    out.value(value);
  }
  if (!delivery?.data) return;
  out.line(style.dim('message'));
  out.line(harmless(Buffer.from(delivery.data, 'base64').toString('utf8').slice(0, 4_096)));
}

function printNext({ out }: Session, { id, redrive, status, executionId, kind }: DeadLetterDetail): void {
  const arrow = out.style.accent('→');
  out.line();
  if (redrive?.possible)
    out.line(`  ${arrow} ${kind === 'step' ? 'Run it again' : 'Send it again'}: automateos dead-letters redrive ${id}`);
  if (redrive?.editable) out.line(`  ${arrow} With another input: automateos dead-letters redrive ${id} --input '{...}'`);
  if (status !== 'open') return;
  if (redrive && !redrive.possible) out.line(`  It cannot be redriven: ${oneLine(redrive.reason ?? '')}`);
  if (executionId) out.line(`  ${arrow} See its execution: automateos show ${executionId}`);
  out.line(`  ${arrow} Leave it: automateos dead-letters discard ${id}`);
}
