/** Filters, orders, cursors and counts. */
import { expect, it } from 'vitest';
import type { DocumentStore, Query, Snapshot } from '../../ports/document-store.ts';
import { at, create, executions, ids, mustCommit } from './documents.ts';

export function describeQueries(store: () => DocumentStore): void {
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

export function describePaging(store: () => DocumentStore): void {
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
