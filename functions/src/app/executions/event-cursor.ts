/**
 * What a watcher of an execution has seen, as a short text (the `id:` of an event). Journals only grow at their end, so per branch it is
 * enough to know how many entries were told and what the last one looked like: nothing is told twice after a reconnect, nothing left out.
 *
 *     1.{generation}.{execution state}.{skipped steps told}.{branch}:{entries}:{state of the last},...
 *
 * Behind a branch may stand `:{generation}-{attempt}-{n}`: of the last entry's next state, n log lines of that attempt were told, but not
 * yet the state. A state `n0-0` was not told at all.
 */

import { AppError } from '@automateos/shared/model/app-error';
import type { Branch, Step } from '@automateos/shared/model/branch';
import { digest } from '../digest.ts';

export type SeenBranch = {
  readonly entries: number;
  readonly last: string;
  /** `of`: generation and attempt. */
  readonly lines?: { readonly of: string; readonly count: number };
};

export type EventCursor = {
  readonly generation: number;
  readonly execution: string;
  readonly skipped: number;
  /** By branch key. */
  readonly branches: ReadonlyMap<string, SeenBranch>;
};

export const startCursor: EventCursor = { generation: 1, execution: '', skipped: 0, branches: new Map() };

/** The parts of a rolled-over journal are one journal. */
export type JournalChain = { readonly key: string; readonly entries: readonly Step[] };

export function chainsOf(branches: Iterable<Branch>): readonly JournalChain[] {
  const parts = new Map<string, Branch[]>();
  for (const branch of branches) {
    const base = branch.k === 0 ? branch.id : branch.id.slice(0, branch.id.lastIndexOf('~'));
    parts.set(base, [...(parts.get(base) ?? []), branch]);
  }
  return [...parts].map(([base, chain]) => ({
    key: digest('branch', base).slice(0, 10),
    entries: chain.sort((a, b) => a.k - b.k).flatMap((branch) => branch.steps),
  }));
}

const letters = { running: 'r', waiting: 'w', succeeded: 's', failed: 'f', cancelled: 'c' } as const;

export function stateOf(step: Step): string {
  return `${letters[step.status]}${step.generation}-${step.attempt}${step.handled === true ? 'h' : ''}`;
}

/** Lines are stored with the attempt's outcome, so they were told with any state of that attempt but `running`. */
export function toldLines(told: string, { generation, attempt }: Step): boolean {
  const [, letter, of] = /^([a-z])(\d+-\d+)/.exec(told) ?? [];
  return letter !== letters.running && of === `${generation}-${attempt}`;
}

export function encodeCursor(cursor: EventCursor): string {
  const branches = [...cursor.branches]
    .map(([key, { entries, last, lines }]) => `${key}:${entries}:${last}${lines ? `:${lines.of}-${lines.count}` : ''}`)
    .join(',');
  return `1.${cursor.generation}.${cursor.execution}.${cursor.skipped}.${branches}`;
}

const whole = /^1\.(\d{1,9})\.([a-z-]{0,32})\.(\d{1,9})\.([a-z0-9:,-]*)$/;
const one = /^([0-9a-f]{10}):(\d{1,9}):([a-z]\d{1,9}-\d{1,9}h?)(?::(\d{1,9}-\d{1,9})-(\d{1,9}))?$/;

/** Throws MALFORMED_REQUEST. A cursor tells only what its holder has seen, so there is nothing in it to protect. */
export function decodeCursor(text: string): EventCursor {
  const refused = () => new AppError('MALFORMED_REQUEST', { reason: 'Last-Event-ID is not the id of an event of this stream.' });
  const parts = text.length <= 100_000 ? whole.exec(text) : null;
  if (parts === null) throw refused();
  const [, generation, execution = '', skipped, list = ''] = parts;
  const branches = new Map<string, SeenBranch>();
  for (const item of list === '' ? [] : list.split(',')) {
    const [, key, entries, last, of, count] = one.exec(item) ?? [];
    if (key === undefined || last === undefined) throw refused();
    branches.set(key, { entries: Number(entries), last, ...(of === undefined ? {} : { lines: { of, count: Number(count) } }) });
  }
  return { generation: Number(generation), execution, skipped: Number(skipped), branches };
}
