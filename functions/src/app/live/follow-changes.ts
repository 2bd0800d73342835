/**
 * The changes of an organization's collections behind an id, then as they come. Several changes of one thing that come faster than they are
 * read are one event: its newest state. For a reader that is slower than everything the store is asked again from where it is: what is held
 * for one client is bounded, and nothing is left out.
 *
 *     behind --(all that the store has since the cursor is told)--> live --(too much at once)--> behind
 */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { LiveEvent, LiveItem } from '@automateos/shared/model/live-event';
import type { App } from '../app-context.ts';
import { queryPage } from '../paging.ts';
import type { ChangeCursor } from './change-cursor.ts';
import { openFeed } from './change-feed.ts';
import type { Changed, ChangeSource } from './change-source.ts';

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
    if (!cursor.isNews(changed)) return;
    const event = await changed.event();
    if (keeps(event)) yield { id: cursor.told(changed), event };
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
      for (const changed of [...pending.values()]) {
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

async function* changesSince(app: App, source: ChangeSource, from: number): AsyncGenerator<Changed, void> {
  let found = 0;
  for (const { path, field, changed } of source.collections) {
    const where = [[field, '>=', toInstant(from)]] as const;
    const query = { collection: path, where, orderBy: [[field, 'asc']] as const };
    let position: Parameters<typeof queryPage>[2]['after'] = null;
    do {
      const page = await queryPage(app.store, query, { limit: pageSize, after: position });
      found += page.items.length;
      if (found > mostMissed) throw new AppError('STREAM_TOO_FAR_BEHIND', { most: mostMissed });
      for (const row of page.items) {
        const one = changed(app, row);
        if (one !== null) yield one;
      }
      position = page.next;
    } while (position !== null);
  }
}
