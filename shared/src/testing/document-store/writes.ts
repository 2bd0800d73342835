/** Commits: preconditions, versions, atomicity and what concurrent writers may count on. */
import { expect, it } from 'vitest';
import type { DocumentStore, Write } from '../../ports/document-store.ts';
import { at, create, executions, mustCommit, versionOf } from './documents.ts';

export function describeWrites(store: () => DocumentStore): void {
  it('stores what was written and finds it after the commit', async () => {
    const data = { a: 1, nested: { list: [1, 'two', null, { three: true }] } };
    const [version] = await mustCommit(store(), create(at('e1'), data));
    expect(await store().get(at('e1'))).toEqual({ path: at('e1'), version, data });
    expect(await store().get(at('e2'))).toBeNull();
  });

  it('answers getAll in the order asked, absent documents as null, repeated ones twice', async () => {
    await mustCommit(store(), create(at('a'), { n: 1 }), create(at('b'), { n: 2 }));
    const found = await store().getAll([at('b'), at('none'), at('a'), at('b')]);
    expect(found.map((row) => row?.data.n ?? null)).toEqual([2, null, 1, 2]);
    expect(await store().getAll([])).toEqual([]);
  });

  it('refuses to create what exists', async () => {
    await mustCommit(store(), create(at('e1'), { n: 1 }));
    expect(await store().commit([create(at('e1'), { n: 2 })])).toEqual({ ok: false, failed: 'exists', path: at('e1') });
    expect((await store().get(at('e1')))?.data).toEqual({ n: 1 });
  });

  it('sets whatever is there', async () => {
    await mustCommit(store(), { kind: 'set', path: at('e1'), data: { n: 1, old: true } });
    await mustCommit(store(), { kind: 'set', path: at('e1'), data: { n: 2 } });
    expect((await store().get(at('e1')))?.data).toEqual({ n: 2 });
  });

  it('updates only the expected version, and replaces the whole document', async () => {
    const [first = ''] = await mustCommit(store(), create(at('e1'), { n: 1, old: true }));
    const [second] = await mustCommit(store(), { kind: 'update', path: at('e1'), data: { n: 2 }, version: first });
    expect(second).not.toBe(first);
    const late = await store().commit([{ kind: 'update', path: at('e1'), data: { n: 3 }, version: first }]);
    expect(late).toEqual({ ok: false, failed: 'version', path: at('e1') });
    expect(await store().get(at('e1'))).toEqual({ path: at('e1'), version: second, data: { n: 2 } });
  });

  it('refuses an update of an absent document and one with a version that no store made', async () => {
    const absent = await store().commit([{ kind: 'update', path: at('e1'), data: {}, version: '1' }]);
    expect(absent).toEqual({ ok: false, failed: 'version', path: at('e1') });
    await mustCommit(store(), create(at('e1'), {}));
    for (const version of ['', ' ', '0x1', '-1', 'NaN', '1e3', '9'.repeat(40), "' OR 1=1 --"]) {
      const result = await store().commit([{ kind: 'update', path: at('e1'), data: {}, version }]);
      expect(result).toEqual({ ok: false, failed: 'version', path: at('e1') });
    }
  });

  it('changes the version with every write, equal content included', async () => {
    const data = { n: 1, at: '2026-01-01T00:00:00.000Z' };
    const seen = new Set<string>(await mustCommit(store(), create(at('e1'), data)));
    for (let i = 0; i < 3; i += 1) {
      const version = await versionOf(store(), at('e1'));
      for (const made of await mustCommit(store(), { kind: 'update', path: at('e1'), data, version })) seen.add(made);
      for (const made of await mustCommit(store(), { kind: 'set', path: at('e1'), data })) seen.add(made);
    }
    expect(seen.size).toBe(7);
  });

  it('gives a document that was deleted and made again another version', async () => {
    const [first = ''] = await mustCommit(store(), create(at('e1'), { n: 1 }));
    await mustCommit(store(), { kind: 'delete', path: at('e1'), version: first });
    const [second] = await mustCommit(store(), create(at('e1'), { n: 1 }));
    expect(second).not.toBe(first);
    const late = await store().commit([{ kind: 'delete', path: at('e1'), version: first }]);
    expect(late).toEqual({ ok: false, failed: 'version', path: at('e1') });
  });

  it('deletes: with a version only that version, without one whatever is there, absent included', async () => {
    const [first = ''] = await mustCommit(store(), create(at('e1'), { n: 1 }));
    const second = await mustCommit(store(), { kind: 'set', path: at('e1'), data: { n: 2 } });
    const late = await store().commit([{ kind: 'delete', path: at('e1'), version: first }]);
    expect(late).toEqual({ ok: false, failed: 'version', path: at('e1') });
    expect(await mustCommit(store(), { kind: 'delete', path: at('e1'), version: second[0] ?? '' })).toEqual(['']);
    expect(await store().get(at('e1'))).toBeNull();
    expect(await mustCommit(store(), { kind: 'delete', path: at('e1') })).toEqual(['']);
  });

  it('commits all writes or none, whatever their order', async () => {
    const [version = ''] = await mustCommit(store(), create(at('old'), { n: 1 }), create(at('gone'), { n: 1 }));
    const good: Write[] = [
      create(at('new'), { n: 1 }),
      { kind: 'update', path: at('old'), data: { n: 2 }, version },
      { kind: 'delete', path: at('gone') },
      { kind: 'set', path: 'organizations/o1/joins/j', data: {} },
    ];
    const bad: Write = { kind: 'update', path: at('absent'), data: {}, version };
    for (let place = 0; place <= good.length; place += 1) {
      const result = await store().commit([...good.slice(0, place), bad, ...good.slice(place)]);
      expect(result).toEqual({ ok: false, failed: 'version', path: at('absent') });
      const left = await store().getAll([at('new'), at('old'), at('gone'), 'organizations/o1/joins/j']);
      expect(left.map((row) => row?.data ?? null)).toEqual([null, { n: 1 }, { n: 1 }, null]);
    }
    const versions = await mustCommit(store(), ...good);
    expect(versions).toHaveLength(4);
    expect(versions[2]).toBe('');
    expect(versions[0]).toBe(await versionOf(store(), at('new')));
    expect(versions[1]).toBe(await versionOf(store(), at('old')));
  });

  it('names the first write that failed', async () => {
    await mustCommit(store(), create(at('a'), {}), create(at('b'), {}));
    const result = await store().commit([create(at('c'), {}), create(at('b'), {}), create(at('a'), {})]);
    expect(result).toEqual({ ok: false, failed: 'exists', path: at('b') });
  });

  it('takes 500 writes in one commit, and an empty commit', async () => {
    const writes = Array.from({ length: 500 }, (_, i) => create(at(`e${i}`), { i }));
    expect(await mustCommit(store(), ...writes)).toHaveLength(500);
    expect(await store().count({ collection: executions })).toBe(500);
    expect(await store().commit([])).toEqual({ ok: true, versions: [] });
  });

  it('takes the data as it was when commit was called', async () => {
    const data = { list: [1], n: 1 };
    const pending = store().commit([create(at('e1'), data)]);
    data.list.push(2);
    data.n = 2;
    await pending;
    expect((await store().get(at('e1')))?.data).toEqual({ list: [1], n: 1 });
  });

  it('hands out data through which nobody can change what is stored', async () => {
    await mustCommit(store(), create(at('e1'), { list: [1], deep: { n: 1 } }));
    const first = await store().get(at('e1'));
    // what a careless caller could do: allowed to throw, not to reach the store
    const careless = first?.data as { list: number[]; deep: { n: number } };
    try {
      careless.list.push(2);
      careless.deep.n = 2;
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
    }
    expect((await store().get(at('e1')))?.data).toEqual({ list: [1], deep: { n: 1 } });
  });

  it('counts its operations', async () => {
    const before = store().stats();
    await mustCommit(store(), create(at('a'), {}), create(at('b'), {}));
    await mustCommit(store(), { kind: 'delete', path: at('a') });
    await store().commit([create(at('b'), {})]);
    await store().get(at('b'));
    await store().getAll([at('a'), at('b')]);
    await store().query({ collection: executions });
    await store().query({ collection: 'organizations/none/executions' });
    const after = store().stats();
    expect(after.writes - before.writes).toBe(2);
    expect(after.deletes - before.deletes).toBe(1);
    expect(after.commits - before.commits).toBe(3);
    expect(after.reads - before.reads).toBe(5);
  });
}

export function describeConcurrency(store: () => DocumentStore): void {
  it('loses no increment of 50 concurrent optimistic writers', async () => {
    await mustCommit(store(), create(at('counter'), { n: 0 }));
    const increment = async (): Promise<void> => {
      for (;;) {
        const row = await store().get(at('counter'));
        if (!row) throw new TypeError('the counter is gone');
        const data = { n: Number(row.data.n) + 1 };
        if ((await store().commit([{ kind: 'update', path: at('counter'), data, version: row.version }])).ok) return;
      }
    };
    await Promise.all(Array.from({ length: 50 }, increment));
    expect((await store().get(at('counter')))?.data).toEqual({ n: 50 });
  });

  it('lets exactly one of many concurrent creates win, with all that it wrote', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store().commit([create(at(`own${i}`), { i }), create(at('prize'), { winner: i })])),
    );
    const winners = results.flatMap((result, i) => (result.ok ? [i] : []));
    expect(winners).toHaveLength(1);
    expect((await store().get(at('prize')))?.data).toEqual({ winner: winners[0] });
    expect(await store().count({ collection: executions })).toBe(2);
  });
}
