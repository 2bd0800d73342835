/**
 * What every DocumentStore must do, run on the fake, on SQLite and on the Firestore emulator. `open` gives an empty store; where a
 * backend is shared, `root` keeps suites apart.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import type { DocumentStore, Query, Snapshot, Write } from '../ports/document-store.ts';

export type StoreUnderTest = { readonly store: DocumentStore; close(): Promise<void> };

const executions = 'organizations/o1/executions';
const at = (id: string): string => `${executions}/${id}`;
const create = (path: string, data: JsonObject): Write => ({ kind: 'create', path, data });
const ids = (rows: readonly Snapshot[]): string[] => rows.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));

async function versionOf(store: DocumentStore, path: string): Promise<string> {
  const snapshot = await store.get(path);
  if (!snapshot) throw new TypeError(`${path} is absent`);
  return snapshot.version;
}

async function mustCommit(store: DocumentStore, ...writes: Write[]): Promise<readonly string[]> {
  const result = await store.commit(writes);
  if (!result.ok) throw new TypeError(`commit refused: ${result.failed} ${result.path}`);
  return result.versions;
}

export function describeDocumentStore(name: string, open: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  describe(`${name} as a DocumentStore`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    const store = (): DocumentStore => under.store;
    describeWrites(store);
    describeRefusals(store);
    describeHostileInput(store);
    describeQueries(store);
    describePaging(store);
    describeWatch(store);
    describeConcurrency(store);
  });
}

function describeWrites(store: () => DocumentStore): void {
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

function describeRefusals(store: () => DocumentStore): void {
  it('refuses more than 500 writes, and two writes of one document, as mistakes', async () => {
    const many = Array.from({ length: 501 }, (_, i) => create(at(`e${i}`), {}));
    await expect(store().commit(many)).rejects.toThrow(TypeError);
    await expect(store().commit([create(at('a'), {}), { kind: 'delete', path: at('a') }])).rejects.toThrow(TypeError);
    expect(await store().count({ collection: executions })).toBe(0);
  });

  it('refuses to write at a path that no document can have, and finds nothing there', async () => {
    const impossible = ['', '/', 'a', 'a/b/c', 'a//', '/a', 'a/b/', 'a/.', 'a/..', 'a/\ud800', `a/${'x'.repeat(1501)}`];
    for (const path of impossible) {
      await expect(store().commit([create(path, {})])).rejects.toThrow(TypeError);
      expect(await store().get(path)).toBeNull();
      expect(await store().getAll([path])).toEqual([null]);
    }
  });

  it('refuses queries that make no sense, as mistakes', async () => {
    const queries: Query[] = [
      { collection: 'organizations/o1' },
      { collection: '' },
      { collection: 'a/b/c', group: true },
      { collection: 'a', limit: -1 },
      { collection: 'a', limit: 1.5 },
      { collection: 'a', where: [['x', 'in', 1]] },
      { collection: 'a', where: [['x', '==', [1]]] },
      { collection: 'a', orderBy: [['x', 'asc']], startAfter: { values: [], path: 'a/b' } },
    ];
    for (const query of queries) await expect(store().query(query)).rejects.toThrow(TypeError);
  });

  it('refuses a document above 1 MiB, counted in bytes, and takes one just below', async () => {
    await mustCommit(store(), create(at('big'), { text: 'x'.repeat(1024 * 1024 - 200) }));
    for (const text of ['x'.repeat(1024 * 1024), '\u20ac'.repeat(350_000)]) {
      await expect(store().commit([create(at('ok'), {}), create(at('huge'), { text })])).rejects.toThrow(
        expect.objectContaining({ code: 'DOCUMENT_TOO_LARGE' }),
      );
    }
    expect(await store().get(at('ok'))).toBeNull();
    expect(String((await store().get(at('big')))?.data.text)).toHaveLength(1024 * 1024 - 200);
  });
}

const hostileTexts: readonly string[] = [
  '',
  '\u0000',
  'a\u0000b',
  "'; DROP TABLE documents; --",
  '"quoted" \\ back`tick`',
  '\ud83d\ude80 \u{1f469}\u200d\u{1f4bb}',
  '\ud800',
  'x\udfffy',
  '\ufffd',
  '\u202e\u2028\u2029\ufeff',
  '%_*?[a-z]',
  '$.a[0]',
  '2026-01-01T00:00:00.000Z',
  '1e308',
];

function describeHostileInput(store: () => DocumentStore): void {
  it('keeps every text exactly, as value and as key, and finds it by equality', async () => {
    for (const [index, text] of hostileTexts.entries()) {
      const value = JSON.stringify(text);
      const data = JSON.parse(`{${value}: 1, "name": ${value}, "status": ${value}}`) as JsonObject;
      await mustCommit(store(), create(at(`e${index}`), data));
      expect((await store().get(at(`e${index}`)))?.data).toEqual(data);
    }
    for (const [index, text] of hostileTexts.entries()) {
      // executions have an index on status, none on name
      for (const field of ['name', 'status']) {
        for (const where of [[field, '==', text] as const, [field, 'in', [text]] as const]) {
          expect(ids(await store().query({ collection: executions, where: [where] }))).toEqual([`e${index}`]);
        }
      }
    }
  });

  it('keeps keys that are special in JavaScript as plain data', async () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":2}';
    await mustCommit(store(), create(at('e1'), JSON.parse(text) as JsonObject));
    expect(JSON.stringify((await store().get(at('e1')))?.data)).toBe(text);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    for (const field of ['valueOf', '__proto__.toString', 'constructor.name']) {
      expect(await store().query({ collection: executions, orderBy: [[field, 'asc']] })).toEqual([]);
    }
  });

  it('keeps every number that JSON has', async () => {
    const numbers = [0, -1, 0.1, 1e308, -1.7976931348623157e308, 5e-324, 2 ** 53, -(2 ** 53) - 2, 123456789.125];
    await mustCommit(store(), create(at('e1'), { numbers }));
    expect((await store().get(at('e1')))?.data).toEqual({ numbers });
    for (const [index, n] of numbers.entries()) await mustCommit(store(), create(at(`n${index}`), { n }));
    for (const [index, n] of numbers.entries()) {
      expect(ids(await store().query({ collection: executions, where: [['n', '==', n]] }))).toEqual([`n${index}`]);
    }
  });

  it('stores what JSON lacks as JSON does: undefined left out, non-finite numbers null', async () => {
    const data = { gone: undefined, infinite: Number.POSITIVE_INFINITY, list: [Number.NaN] };
    await mustCommit(store(), create(at('e1'), data as unknown as JsonObject));
    expect((await store().get(at('e1')))?.data).toEqual({ infinite: null, list: [null] });
  });

  it('keeps documents with hostile or very long ids apart', async () => {
    const names = [
      "a'b",
      'a"b',
      'a\u0000b',
      'a\u0000',
      'a',
      'A',
      '\ud83d\ude80',
      'a b',
      'a%2Fb',
      '...',
      '__proto__',
      'constructor',
    ];
    names.push('x'.repeat(1500), 'x'.repeat(1499), '\u20ac'.repeat(500), 'e\u0301', '\u00e9');
    for (const [n, id] of names.entries()) await mustCommit(store(), create(at(id), { n }));
    for (const [n, id] of names.entries()) expect((await store().get(at(id)))?.data).toEqual({ n });
    expect(new Set(ids(await store().query({ collection: executions })))).toEqual(new Set(names));
  });
}

function describeQueries(store: () => DocumentStore): void {
  const seed = async (): Promise<void> => {
    await mustCommit(
      store(),
      create(at('a'), { status: 'running', startedAt: '2026-01-01', n: 1, tags: ['x', 'y'], trigger: { kind: 'webhook' } }),
      create(at('b'), { status: 'failed', startedAt: '2026-01-03', n: 2, tags: ['y'], trigger: { kind: 'schedule' } }),
      create(at('c'), { status: 'running', startedAt: '2026-01-02', n: 10, tags: [], parent: null }),
      create(at('d'), { status: 'succeeded', n: '10', flag: true }),
      create('organizations/o2/executions/z', { status: 'running', startedAt: '2026-01-04', n: 4 }),
      create(`${at('a')}/executions/inner`, { status: 'running', startedAt: '2026-01-05' }),
      create(`${at('a')}/branches/b1`, { due: '0:2026', status: 'running' }),
    );
  };
  const find = async (query: Omit<Query, 'collection'>): Promise<string[]> =>
    ids(await store().query({ collection: executions, ...query }));

  it('finds the documents directly in a collection, by path', async () => {
    await seed();
    expect(await find({})).toEqual(['a', 'b', 'c', 'd']);
    expect(await find({ limit: 2 })).toEqual(['a', 'b']);
    expect(await find({ limit: 0 })).toEqual([]);
    expect(await store().query({ collection: 'nothing/here/at-all' })).toEqual([]);
  });

  it('finds a collection group wherever its documents are', async () => {
    await seed();
    const all = await store().query({ collection: 'executions', group: true });
    expect(new Set(ids(all))).toEqual(new Set(['a', 'b', 'c', 'd', 'inner', 'z']));
    const late = await store().query({
      collection: 'executions',
      group: true,
      where: [['startedAt', '>=', '2026-01-03']],
      orderBy: [['startedAt', 'desc']],
    });
    expect(ids(late)).toEqual(['inner', 'z', 'b']);
    expect(await store().count({ collection: 'branches', group: true, where: [['due', '<=', '0:2027']] })).toBe(1);
  });

  it('filters by equality, each type apart', async () => {
    await seed();
    expect(await find({ where: [['status', '==', 'running']] })).toEqual(['a', 'c']);
    expect(await find({ where: [['n', '==', 10]] })).toEqual(['c']);
    expect(await find({ where: [['n', '==', '10']] })).toEqual(['d']);
    expect(await find({ where: [['flag', '==', true]] })).toEqual(['d']);
    expect(await find({ where: [['flag', '==', 1]] })).toEqual([]);
    expect(await find({ where: [['parent', '==', null]] })).toEqual(['c']);
  });

  it('filters by several fields at once', async () => {
    await seed();
    const where: Query['where'] = [
      ['status', '==', 'running'],
      ['startedAt', '>', '2026-01-01'],
    ];
    expect(await find({ where, orderBy: [['startedAt', 'desc']] })).toEqual(['c']);
  });

  it('compares within a type and leaves the others out', async () => {
    await seed();
    expect(await find({ where: [['n', '>', 1]] })).toEqual(['b', 'c']);
    expect(await find({ where: [['n', '<=', 2]] })).toEqual(['a', 'b']);
    expect(await find({ where: [['n', '>=', '']] })).toEqual(['d']);
    expect(await find({ where: [['startedAt', '<', '2026-01-03']] })).toEqual(['a', 'c']);
    expect(await find({ where: [['startedAt', '<', 5]] })).toEqual([]);
    expect(await find({ where: [['startedAt', '<=', null]] })).toEqual([]);
  });

  it('filters by a list of values', async () => {
    await seed();
    expect(await find({ where: [['status', 'in', ['failed', 'succeeded', 'unheard-of']]] })).toEqual(['b', 'd']);
    expect(await find({ where: [['n', 'in', [1, '10', null]]] })).toEqual(['a', 'd']);
    expect(await find({ where: [['status', 'in', []]] })).toEqual([]);
    const both: Query['where'] = [['status', 'in', ['running', 'failed']]];
    expect(await find({ where: both, orderBy: [['startedAt', 'desc']], limit: 2 })).toEqual(['b', 'c']);
  });

  it('finds lists that contain a value', async () => {
    await seed();
    expect(await find({ where: [['tags', 'array-contains', 'y']] })).toEqual(['a', 'b']);
    expect(await find({ where: [['status', 'array-contains', 'running']] })).toEqual([]);
  });

  it('follows dotted fields', async () => {
    await seed();
    expect(await find({ where: [['trigger.kind', '==', 'webhook']] })).toEqual(['a']);
    expect(await find({ orderBy: [['trigger.kind', 'asc']] })).toEqual(['b', 'a']);
    expect(await find({ where: [['trigger.kind.length', '==', 7]] })).toEqual([]);
  });

  it('leaves documents without an ordered field out', async () => {
    await seed();
    expect(await find({ orderBy: [['startedAt', 'asc']] })).toEqual(['a', 'c', 'b']);
    expect(await find({ orderBy: [['startedAt', 'desc']] })).toEqual(['b', 'c', 'a']);
    expect(await find({ orderBy: [['parent', 'asc']] })).toEqual(['c']);
    expect(await find({ orderBy: [['absent', 'asc']] })).toEqual([]);
  });

  it('orders by the first inequality where no order is asked for', async () => {
    await seed();
    expect(await find({ where: [['startedAt', '>=', '2026-01-01']] })).toEqual(['a', 'c', 'b']);
  });

  it('orders null before numbers before texts, and texts by code point', async () => {
    const values = [null, -1, 0.5, 2, 10, '', '10', '2', 'B', 'a', '\u00e9', '\uffee', '\ud83d\ude80'];
    await Promise.all(values.map((v, i) => store().commit([create(at(`e${String(i).padStart(2, '0')}`), { v, startedAt: v })])));
    const inOrder = values.map((_, i) => `e${String(i).padStart(2, '0')}`);
    for (const field of ['v', 'startedAt']) {
      expect(await find({ orderBy: [[field, 'asc']] })).toEqual(inOrder);
      expect(await find({ orderBy: [[field, 'desc']] })).toEqual(inOrder.toReversed());
    }
  });

  it('counts what a query would find', async () => {
    await seed();
    expect(await store().count({ collection: executions })).toBe(4);
    expect(await store().count({ collection: executions, where: [['status', '==', 'running']] })).toBe(2);
    expect(await store().count({ collection: executions, limit: 3 })).toBe(3);
    expect(await store().count({ collection: executions, orderBy: [['startedAt', 'asc']] })).toBe(3);
    expect(await store().count({ collection: 'executions', group: true })).toBe(6);
  });

  it('sees a document under its new values only', async () => {
    await seed();
    await mustCommit(store(), { kind: 'set', path: at('a'), data: { status: 'failed', startedAt: '2026-01-09' } });
    await mustCommit(store(), { kind: 'delete', path: at('b') });
    expect(await find({ where: [['status', '==', 'running']], orderBy: [['startedAt', 'desc']] })).toEqual(['c']);
    expect(await find({ where: [['status', '==', 'failed']], orderBy: [['startedAt', 'desc']] })).toEqual(['a']);
    expect(await find({ orderBy: [['startedAt', 'desc']] })).toEqual(['a', 'c']);
    await mustCommit(store(), { kind: 'set', path: at('a'), data: { status: 'failed' } });
    expect(await find({ orderBy: [['startedAt', 'desc']] })).toEqual(['c']);
  });
}

function describePaging(store: () => DocumentStore): void {
  const orders: NonNullable<Query['orderBy']>[] = [
    [],
    [['startedAt', 'desc']],
    [['startedAt', 'asc']],
    [['size', 'asc']],
    [
      ['status', 'asc'],
      ['startedAt', 'desc'],
    ],
    [
      ['status', 'desc'],
      ['startedAt', 'desc'],
    ],
  ];

  it.each(orders)('pages through ties without a gap or a repeat, by %j', async (...orderBy) => {
    const writes = Array.from({ length: 60 }, (_, i) =>
      create(at(`e${String((i * 37) % 60).padStart(2, '0')}`), {
        startedAt: `2026-01-0${(i % 4) + 1}`,
        size: i % 3,
        status: i % 5 === 0 ? 'failed' : 'succeeded',
      }),
    );
    await mustCommit(store(), ...writes);
    for (const where of [[], [['status', '==', 'succeeded']]] as NonNullable<Query['where']>[]) {
      const query: Query = { collection: executions, where, orderBy };
      const whole = await store().query(query);
      expect(whole).toHaveLength(where.length === 0 ? 60 : 48);
      const paged: Snapshot[] = [];
      for (;;) {
        const last = paged.at(-1);
        const values = orderBy.map(([field]) => last?.data[field] as string | number);
        const page = await store().query({ ...query, limit: 7, ...(last && { startAfter: { values, path: last.path } }) });
        paged.push(...page);
        if (page.length < 7) break;
      }
      expect(ids(paged)).toEqual(ids(whole));
    }
  });
}

function describeWatch(store: () => DocumentStore): void {
  const settled = async (done: () => boolean): Promise<void> => {
    for (let i = 0; i < 1000 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, i < 10 ? 0 : 10));
  };

  it('tells a watcher of a document each last change, in order, deletion included', async () => {
    const heard: (number | null)[] = [];
    const stop = store().watch(at('e1'), ({ snapshot }) => heard.push(snapshot === null ? null : Number(snapshot.data.n)));
    for (let n = 1; n <= 5; n += 1) await mustCommit(store(), { kind: 'set', path: at('e1'), data: { n } });
    await mustCommit(store(), { kind: 'set', path: at('e2'), data: { n: 99 } });
    await settled(() => heard.at(-1) === 5);
    await mustCommit(store(), { kind: 'delete', path: at('e1') });
    await settled(() => heard.at(-1) === null);
    stop();
    await mustCommit(store(), { kind: 'set', path: at('e1'), data: { n: 7 } });
    const numbers = heard.filter((n) => n !== null);
    expect(heard.at(-1)).toBeNull();
    expect(numbers.at(-1)).toBe(5);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('tells a watcher of a collection of the documents directly in it, when they can be read', async () => {
    const heard: string[] = [];
    const readable: Promise<void>[] = [];
    const stop = store().watch(executions, ({ path, snapshot }) => {
      heard.push(path);
      readable.push(
        store()
          .get(path)
          .then((row) => expect(row?.version).toBe(snapshot?.version)),
      );
    });
    await mustCommit(
      store(),
      create(at('a'), {}),
      create(`${at('a')}/branches/b`, {}),
      create('organizations/o2/executions/x', {}),
    );
    await settled(() => heard.length > 0);
    await Promise.all(readable);
    stop();
    expect(heard).toEqual([at('a')]);
  });

  it('tells nobody of a commit that was refused', async () => {
    await mustCommit(store(), create(at('a'), {}));
    const heard: string[] = [];
    const stop = store().watch(executions, ({ path }) => heard.push(path));
    await store().commit([create(at('b'), {}), create(at('a'), {})]);
    await mustCommit(store(), create(at('c'), {}));
    await settled(() => heard.includes(at('c')));
    stop();
    expect(heard.filter((path) => path !== at('a'))).toEqual([at('c')]);
  });
}

function describeConcurrency(store: () => DocumentStore): void {
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
