/**
 * The changes of an organization's collections behind an id, then as they come. Several changes of one thing that come faster than they are
 * read are one event: its newest state. For a reader that is slower than everything the store is asked again from where it is: what is held
 * for one client is bounded, and nothing is left out.
 *
 *     behind --(all that the store has since the cursor is told)--> live --(too much at once)--> behind
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionStatus } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { LiveEvent, LiveItem } from '@automateos/shared/model/live-event';
import type { Query, Snapshot, Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { type Page, type Position, queryPage } from '../paging.ts';
import type { ChangeCursor } from './change-cursor.ts';
import { between, openFeed } from './change-feed.ts';
import type { Changed, ChangeSource, WatchedCollection } from './change-source.ts';

/** Between two looks: a short execution's start and end are one event. */
const restMs = 100;
/** Things that wait for one reader. */
const mostPending = 500;
/** Changes that are looked up for who comes back. */
const mostMissed = 10_000;
const pageSize = 200;

export type ChangesRequest = {
  readonly cursor: ChangeCursor;
  /** Something may have changed since the cursor. */
  readonly isBehind: boolean;
  readonly signal: AbortSignal;
  readonly keeps: (event: LiveEvent) => boolean;
};

/** Throws STREAM_TOO_FAR_BEHIND when more has changed than is looked up. */
export async function* followChanges(app: App, source: ChangeSource, request: ChangesRequest): AsyncGenerator<LiveItem, void> {
  const { cursor, signal, keeps } = request;
  const pending = new Map<string, Changed>();
  let { isBehind } = request;
  let wake = (): void => {};
  const { shared, leave } = app.live.join(source.key, () => openFeed(app, source));
  const stop = shared.listen((changed) => {
    pending.set(changed.key, changed);
    if (pending.size > mostPending) {
      pending.clear();
      isBehind = true;
    }
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort, { once: true });

  async function* tell(changed: Changed): AsyncGenerator<LiveItem, void> {
    if (!changed.isHint && !cursor.isNews(changed)) return;
    const event = await changed.event();
    if (event === null) return;
    const state = stateOf(event);
    if (changed.isHint && cursor.stateOf(changed) === state) return;
    if (keeps(event)) yield { id: cursor.told(changed, state), event };
    else cursor.passed(changed, state);
  }

  try {
    while (!signal.aborted) {
      if (isBehind) {
        isBehind = false;
        for await (const changed of changesSince(app, source, cursor.from())) {
          yield* tell(changed);
          if (signal.aborted) return;
        }
      }
      // what a hint would tell may be told by the thing's own change
      for (const changed of [...pending.values()].sort((a, b) => Number(a.isHint) - Number(b.isHint))) {
        if (pending.get(changed.key) === changed) pending.delete(changed.key);
        yield* tell(changed);
        if (signal.aborted) return;
      }
      if (isBehind) continue;
      if (pending.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = () => {};
      }
      if (!signal.aborted) await app.clock.sleep(restMs);
    }
  } finally {
    stop();
    leave();
    signal.removeEventListener('abort', onAbort);
  }
}

const letters: Readonly<Record<ExecutionStatus, string>> = {
  ...{ queued: 'Q', running: 'R', waiting: 'W', paused: 'P', succeeded: 'S', failed: 'F', cancelled: 'C', 'timed-out': 'T' },
};

/** For cursors. */
function stateOf(event: LiveEvent): string {
  return event.type === 'execution' ? letters[event.execution.status] : '';
}

/** In the order of their instants, so that an id leaves nothing behind it. */
async function* changesSince(app: App, source: ChangeSource, from: number): AsyncGenerator<Changed, void> {
  const budget = { left: mostMissed };
  const sides = source.collections.map((collection) => collectionSince(app, collection, from, budget));
  const heads = await Promise.all(sides.map((side) => side.next()));
  for (;;) {
    let first = -1;
    for (const [at, head] of heads.entries()) {
      const best = heads[first];
      if (head.done !== true && (best === undefined || best.done === true || head.value.at < best.value.at)) first = at;
    }
    const [head, side] = [heads[first], sides[first]];
    if (head === undefined || head.done === true || side === undefined) return;
    yield head.value;
    heads[first] = await side.next();
  }
}

async function* collectionSince(
  app: App,
  { path, group, field, changed }: WatchedCollection,
  from: number,
  budget: { left: number },
): AsyncGenerator<Changed, void> {
  const { value, below } = between(group?.prefix ?? '', toInstant(from));
  const where: Where[] =
    group === undefined
      ? [[field, '>=', value]]
      : [
          [field, '>=', value],
          [field, '<', below],
        ];
  const query: Query = { collection: path, where, orderBy: [[field, 'asc']], ...(group === undefined ? {} : { group: true }) };
  let position: Position | null = null;
  do {
    const page: Page<Snapshot> = await queryPage(app.store, query, { limit: pageSize, after: position });
    budget.left -= page.items.length;
    if (budget.left < 0) throw new AppError('STREAM_TOO_FAR_BEHIND', { most: mostMissed });
    for (const row of page.items) {
      const one = changed(app, row);
      if (one !== null) yield one;
    }
    position = page.next;
  } while (position !== null);
}
