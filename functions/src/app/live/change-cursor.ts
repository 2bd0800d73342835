/**
 * How far a follower of a collection is: an instant from which on it names each thing that it was told of, with the instant of that state.
 * Commits land a little after the instants they carry, so the last half minute is named, not just the last instant: at most some hundred
 * things, of which an id has the digests.
 *
 *     c1.{from}.{digest}{behind from}{state}~...       times in ms, base 36; state: a letter, or nothing
 */
import { AppError } from '@automateos/shared/model/app-error';
import { digest } from '../digest.ts';

/** `key` names the thing, `at` is the instant of its state, ms. */
export type Told = {
  readonly key: string;
  readonly at: number;
  /** Another key under which the same thing is told of. */
  readonly twin?: string | undefined;
};

export type ChangeCursor = {
  /** Changes before it were told, or came before the stream. */
  from(): number;
  isNews(change: Told): boolean;
  /** Takes note; answers the id to go on behind. */
  told(change: Told, state: string): string;
  /** Its state is another one by now, but this stream does not tell it. */
  passed(change: Told, state: string): void;
  /** As last told under either key; undefined when that is not known any more. */
  stateOf(change: Told): string | undefined;
  id(): string;
};

/** How late a commit may land and still be found by who was away at that time. */
const windowMs = 30_000;
/** Things named; where more change within the window, the window is shorter. */
const mostNamed = 300;
const digestLength = 8;
const shape = /^c1\.([0-9a-z]{1,10})\.((?:[A-Za-z0-9_-]{8}[0-9a-z]{1,8}[A-Z]?(?:~|$))*)$/;

type Named = { readonly at: number; readonly state: string };

/** null begins now. Throws MALFORMED_REQUEST. */
export function openCursor(after: string | null, now: number): ChangeCursor {
  let from = now;
  const named = new Map<string, Named>();
  if (after !== null) from = decode(after, named);

  /** Drops what the window has left behind; never part of a millisecond, so that nothing beside it is lost. */
  function trim(): void {
    let newest = from;
    for (const { at } of named.values()) newest = Math.max(newest, at);
    let start = Math.max(from, newest - windowMs);
    if (named.size > mostNamed) {
      const instants = [...named.values()].map(({ at }) => at).sort((a, b) => b - a);
      start = Math.max(start, instants[mostNamed - 1] ?? start);
    }
    if (start === from) return;
    from = start;
    for (const [name, { at }] of named) if (at < from) named.delete(name);
  }

  function passed(change: Told, state: string): void {
    for (const name of namesOf(change)) {
      const known = named.get(name);
      if (known !== undefined) named.set(name, { ...known, state });
    }
  }

  const id = (): string =>
    `c1.${from.toString(36)}.${[...named].map(([name, { at, state }]) => `${name}${(at - from).toString(36)}${state}`).join('~')}`;

  return {
    from: () => from,
    isNews: ({ key, at }) => (named.get(nameOf(key))?.at ?? Number.NEGATIVE_INFINITY) < at,
    stateOf: (change) => namesOf(change).flatMap((name) => named.get(name)?.state ?? [])[0],
    passed,
    told(change, state) {
      passed(change, state);
      const { key, at } = change;
      // what landed later than that is not asked for again
      if (at < from) return id();
      const name = nameOf(key);
      named.set(name, { at: Math.max(at, named.get(name)?.at ?? at), state });
      trim();
      return id();
    },
    id,
  };
}

const nameOf = (key: string): string =>
  Buffer.from(digest('change', key).slice(0, 12), 'hex').toString('base64url').slice(0, digestLength);

const namesOf = ({ key, twin }: Told): readonly string[] => (twin === undefined ? [key] : [key, twin]).map(nameOf);

function decode(text: string, named: Map<string, Named>): number {
  const [, start, list] = (text.length <= 16_384 ? shape.exec(text) : null) ?? [];
  if (start === undefined || list === undefined)
    throw new AppError('MALFORMED_REQUEST', { reason: 'The id to go on behind is not one of this stream.' });
  const from = Number.parseInt(start, 36);
  for (const item of list === '' ? [] : list.split('~')) {
    const [, behind = '', state = ''] = /^([0-9a-z]+)([A-Z]?)$/.exec(item.slice(digestLength)) ?? [];
    named.set(item.slice(0, digestLength), { at: from + Number.parseInt(behind, 36), state });
  }
  return from;
}
