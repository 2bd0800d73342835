/**
 * Cursors are positions signed by us, bound to the organization, the list and its filters. One that was changed, or comes from another
 * list, is refused; nothing in it is trusted before.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { z } from 'zod';
import type { Page, PageRequest, Position } from '../../app/paging.ts';

const PositionShape = z.strictObject({
  v: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
  p: z.string(),
});

const tagBytes = 16;

export type Cursors = {
  /** `bind` names what the list depends on: organization, path, filters. */
  encode(position: Position, bind: readonly string[]): Promise<string>;
  /** Throws MALFORMED_REQUEST. */
  decode(cursor: string, bind: readonly string[]): Promise<Position>;
};

export function createCursors(keyRing: KeyRing): Cursors {
  let key: Promise<Uint8Array> | undefined;
  const tagOf = async (payload: Uint8Array, bind: readonly string[]) => {
    key ??= keyRing.derive('cursor');
    const hmac = createHmac('sha256', await key)
      .update(JSON.stringify(bind))
      .update(payload);
    return hmac.digest().subarray(0, tagBytes);
  };
  const refused = () => new AppError('MALFORMED_REQUEST', { reason: 'cursor is not one that this list gave out.' });

  return {
    async encode(position, bind) {
      const payload = Buffer.from(JSON.stringify({ v: position.values, p: position.path }));
      return Buffer.concat([await tagOf(payload, bind), payload]).toString('base64url');
    },
    async decode(cursor, bind) {
      if (cursor.length > 4_096 || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw refused();
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= tagBytes || bytes.toString('base64url') !== cursor) throw refused();
      const payload = bytes.subarray(tagBytes);
      if (!timingSafeEqual(await tagOf(payload, bind), bytes.subarray(0, tagBytes))) throw refused();
      const parsed = PositionShape.parse(JSON.parse(payload.toString('utf8')));
      return { values: parsed.v, path: parsed.p };
    },
  };
}

export type ListQuery = { readonly cursor?: string | undefined; readonly limit: number };

/** A page as clients see it: `present` shapes each item. `bind` must hold every filter of the list. */
export async function answerPage<T, V>(
  cursors: Cursors,
  query: ListQuery,
  bind: readonly string[],
  read: (page: PageRequest) => Promise<Page<T>>,
  present: (item: T) => V | Promise<V>,
): Promise<{ readonly items: readonly V[]; readonly nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : await cursors.decode(query.cursor, bind);
  const page = await read({ limit: query.limit, after });
  return {
    items: await Promise.all(page.items.map(present)),
    nextCursor: page.next === null ? null : await cursors.encode(page.next, bind),
  };
}
