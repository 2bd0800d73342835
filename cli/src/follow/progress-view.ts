/**
 * The steps of an execution as they happen. On a terminal, finished steps stay as lines above one live line (spinner, running steps,
 * time); elsewhere plain lines only. All of it goes to stderr: stdout is for the output.
 * Items of a for-each are counted, not listed, unless they fail: there may be ten thousand.
 */
import type { Host } from '../host.ts';
import type { Step } from '../http/answers.ts';
import { faultText } from '../output/fault-text.ts';
import { elapsed, humanDuration, plural } from '../output/humanise.ts';
import type { Style } from '../output/style.ts';
import { cutText, oneLine } from '../output/text-width.ts';
import type { FollowEvent } from './follow-event.ts';

export type ProgressView = { readonly show: (event: FollowEvent) => void; readonly close: () => void };

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

type ViewOptions = { readonly host: Host; readonly style: Style; readonly everyItem: boolean };

export function createProgressView({ host, style, everyItem }: ViewOptions): ProgressView {
  const startedMs = host.nowMs();
  const running = new Map<string, Step>();
  const items = new Map<string, number>();
  const live = host.stderr.isTTY && host.env.TERM !== 'dumb';
  let frame = 0;
  let state = '';

  const clear = () => (live ? host.stderr.write('\r\u001b[2K') : undefined);
  const draw = () => {
    if (!live) return;
    const names = [...running.values()].map((step) => oneLine(step.nodeId));
    const counted = [...items].map(([name, count]) => `${name}: ${plural(count, 'step')}`);
    const doing =
      names.length > 0 ? names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '') : state;
    const text = [doing, ...counted, humanDuration(host.nowMs() - startedMs)].filter((part) => part !== '').join(' · ');
    const width = host.stderr.columns() || 80;
    host.stderr.write(`\r\u001b[2K${style.accent(frames[frame % frames.length] ?? '')} ${cutText(text, width - 3)}`);
  };
  const stop = live
    ? host.every(120, () => {
        frame += 1;
        draw();
      })
    : () => undefined;
  const print = (line: string) => {
    clear();
    host.stderr.write(`${line}\n`);
    draw();
  };

  const showStep = (step: Step) => {
    const key = `${step.scope ?? ''}/${step.nodeId}`;
    if (step.status === 'running' || step.status === 'waiting') running.set(key, step);
    else running.delete(key);
    const inItem = (step.scope ?? '') !== '';
    if (inItem && !everyItem && step.status !== 'failed') {
      if (step.status === 'succeeded') items.set(step.nodeId, (items.get(step.nodeId) ?? 0) + 1);
      return draw();
    }
    if (step.status === 'queued' || (step.status === 'running' && (step.attempt ?? 1) <= 1)) return draw();
    print(stepLine(step, style, host.nowMs()));
  };

  return {
    show: (event) => {
      if (event.kind === 'step') return showStep(event.step);
      if (event.kind === 'status') state = event.status;
      else if (event.kind === 'reconnecting') print(style.dim(`  connection lost, trying again (${oneLine(event.reason)})`));
      else print(`  ${style.dim(oneLine(`${event.log.nodeId ?? ''} ${event.log.message ?? ''}`))}`);
      draw();
    },
    close: () => {
      stop();
      clear();
      if (!live)
        for (const [name, count] of items)
          host.stderr.write(`${style.sign('succeeded')} ${oneLine(name)}  ${plural(count, 'item')}\n`);
    },
  };
}

export function stepLine(step: Step, style: Style, nowMs: number): string {
  const name = oneLine((step.scope ?? '') === '' ? step.nodeId : `${step.scope} ${step.nodeId}`);
  const attempt = step.attempt ?? 1;
  const parts = [
    step.status === 'succeeded' ? '' : style.status(step.status, step.status === 'running' ? `attempt ${attempt}` : step.status),
    step.status === 'skipped' || step.status === 'running' ? '' : style.dim(elapsed(step.startedAt, step.endedAt, nowMs)),
    step.items ? style.dim(itemsText(step.items)) : '',
    step.handled ? style.dim('handled') : '',
    attempt > 1 && step.status !== 'running' ? style.dim(`${attempt} attempts`) : '',
  ];
  const error = step.error ? `  ${faultText(step.error, style)}` : '';
  return `${style.sign(step.status)} ${name}  ${parts.filter((part) => part !== '' && part !== '–').join(' ')}${error}`.trimEnd();
}

function itemsText({ done, failed, total }: NonNullable<Step['items']>): string {
  const counted = done === total ? plural(total ?? 0, 'item') : `${done ?? 0} of ${plural(total ?? 0, 'item')}`;
  return failed ? `${counted}, ${failed} failed` : counted;
}
