/**
 * Data keys per organization: one document each, made with the first secret. Reading a key for sealing looks at the document every time, so
 * that no process goes on sealing with a key that another one has retired; unwrapped keys are remembered, so that the key ring is asked once
 * per key and process.
 */
import { randomBytes } from 'node:crypto';
import { DataKeys, type WrappedDataKey } from '@automateos/shared/model/data-keys';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { DataKeyring } from '@automateos/shared/ports/data-keys';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { LRUCache } from 'lru-cache';

export type DataKey = { readonly id: string; readonly bytes: Uint8Array };

export type OrganizationDataKeys = DataKeyring & {
  newest(org: string): Promise<DataKey>;
  /** Throws where the organization has no such key (any more). */
  byId(org: string, id: string): Promise<DataKey>;
};

export type DataKeysOptions = { readonly store: DocumentStore; readonly keyRing: KeyRing; readonly now: () => number };

type Read = { readonly keys: DataKeys; readonly version: string };

const mostRounds = 20;
const mostRemembered = 2_000;

export function createOrganizationDataKeys({ store, keyRing, now }: DataKeysOptions): OrganizationDataKeys {
  const unwrapped = new LRUCache<string, Promise<DataKey>>({ max: mostRemembered });
  const contextOf = (org: string, id: string): string => `data-keys/${org}/${id}`;
  const nameOf = (org: string, id: string): string => `${org}/${id}`;

  async function read(org: string): Promise<Read | null> {
    const row = await store.get(paths.dataKeys(org));
    return row === null ? null : { keys: DataKeys.parse(row.data), version: row.version };
  }

  async function unwrap(org: string, { id, wrapped }: WrappedDataKey): Promise<DataKey> {
    const name = nameOf(org, id);
    const known = unwrapped.get(name);
    if (known !== undefined) return known;
    const opening = keyRing.unwrap(wrapped, contextOf(org, id)).then((bytes) => ({ id, bytes }));
    unwrapped.set(name, opening);
    opening.catch(() => unwrapped.delete(name)); // the caller hears of it; the next one asks again
    return opening;
  }

  async function makeKey(org: string): Promise<WrappedDataKey> {
    const id = randomBytes(6).toString('hex');
    const wrapped = await keyRing.wrap(randomBytes(32), contextOf(org, id));
    return { id, wrapped, createdAt: toInstant(now()), retiredAt: null };
  }

  /** `decide` gets what is stored, or null, and gives what is to be stored; null = nothing is to change. */
  async function change(org: string, decide: (keys: DataKeys | null) => Promise<DataKeys | null>): Promise<DataKeys | null> {
    for (let round = 0; round < mostRounds; round += 1) {
      const found = await read(org);
      const data = await decide(found?.keys ?? null);
      if (data === null) return found?.keys ?? null;
      const path = paths.dataKeys(org);
      const write =
        found === null
          ? ({ kind: 'create', path, data } as const)
          : ({ kind: 'update', path, data, version: found.version } as const);
      if ((await store.commit([write])).ok) return data;
    }
    throw new Error(`The data keys of ${org} are changed by others all the time`);
  }

  async function newestOf(org: string): Promise<WrappedDataKey> {
    const made = async (keys: DataKeys | null) => (keys === null ? { org, keys: [await makeKey(org)] } : null);
    const stored = (await read(org))?.keys ?? (await change(org, made));
    const newest = stored?.keys.at(-1);
    if (newest === undefined) throw new Error(`${org} has no data key`);
    return newest;
  }

  return {
    newest: async (org) => unwrap(org, await newestOf(org)),
    async byId(org, id) {
      const known = unwrapped.get(nameOf(org, id));
      if (known !== undefined) return known;
      const found = (await read(org))?.keys.keys.find((key) => key.id === id);
      if (found === undefined) throw new Error('The data key of this secret is gone');
      return unwrap(org, found);
    },
    async isNewest(org, sealed) {
      return sealed.startsWith(`s2:${(await newestOf(org)).id}:`);
    },
    async renew(org) {
      const made = await makeKey(org);
      await change(org, async (stored) => {
        const older = await Promise.all((stored?.keys ?? []).map((key) => rewrap(org, key)));
        return { org, keys: [...older, made] };
      });
    },
    async older(org) {
      const older = (await read(org))?.keys.keys.slice(0, -1) ?? [];
      const last = older.at(-1);
      return last === undefined ? null : { count: older.length, retiredAt: last.retiredAt ?? toInstant(now()) };
    },
    async forget(org, retiredBefore) {
      let gone: readonly WrappedDataKey[] = [];
      await change(org, async (stored) => {
        gone = (stored?.keys ?? []).filter(({ retiredAt }) => retiredAt !== null && retiredAt < retiredBefore);
        return stored === null || gone.length === 0 ? null : { org, keys: stored.keys.filter((key) => !gone.includes(key)) };
      });
      // still in this process's memory, which may hold definitions as they were read before they were sealed anew
      return gone.length;
    },
  };

  async function rewrap(org: string, key: WrappedDataKey): Promise<WrappedDataKey> {
    const { bytes } = await unwrap(org, key);
    const wrapped = await keyRing.wrap(bytes, contextOf(org, key.id));
    return { ...key, wrapped, retiredAt: key.retiredAt ?? toInstant(now()) };
  }
}
