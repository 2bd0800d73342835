/** What a store refuses, and that everything else comes back exactly, however odd. */
import { expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { DocumentStore, Query } from '../../ports/document-store.ts';
import { at, create, executions, ids, mustCommit } from './documents.ts';

export function describeRefusals(store: () => DocumentStore): void {
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

export function describeHostileInput(store: () => DocumentStore): void {
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
