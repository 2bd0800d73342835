/** Colour by meaning, off where nobody sees it (no terminal, NO_COLOR, TERM=dumb). Colour never carries anything that the text does not. */
import { styleText } from 'node:util';
import type { Host, Output } from '../host.ts';

export type Style = {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly accent: (text: string) => string;
  /** A status in its colour. */
  readonly status: (status: string, text?: string) => string;
  /** One-character sign of a status. */
  readonly sign: (status: string) => string;
};

type Paint = Parameters<typeof styleText>[0];

export function createStyle(host: Host, output: Output): Style {
  const forced = host.env.FORCE_COLOR !== undefined && host.env.FORCE_COLOR !== '0';
  const on = !host.env.NO_COLOR && (forced || (output.isTTY && host.env.TERM !== 'dumb'));
  const paint = (format: Paint) => (text: string) => (on ? styleText(format, text, { validateStream: false }) : text);
  const [dim, bold, good, bad, warn, accent] = [
    paint('dim'),
    paint('bold'),
    paint('green'),
    paint('red'),
    paint('yellow'),
    paint('cyan'),
  ];
  const ofStatus = (status: string) => {
    if (status === 'succeeded' || status === 'approved' || status === 'active') return good;
    if (status === 'failed' || status === 'timed-out' || status === 'rejected') return bad;
    if (status === 'cancelled' || status === 'waiting' || status === 'paused' || status === 'pending') return warn;
    if (status === 'running') return accent;
    return dim;
  };
  return {
    ...{ dim, bold, good, bad, warn, accent },
    status: (status, text = status) => ofStatus(status)(text),
    sign: (status) => ofStatus(status)(signs[status] ?? '·'),
  };
}

const signs: Readonly<Record<string, string>> = {
  succeeded: '✓',
  failed: '✗',
  'timed-out': '✗',
  cancelled: '■',
  skipped: '–',
  waiting: '…',
  paused: '‖',
  running: '▸',
  queued: '·',
};
