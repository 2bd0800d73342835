/** Who hears of which change, when and in which order. */
import { expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { DocumentStore } from '../../ports/document-store.ts';
import { at, create, executions, mustCommit } from './documents.ts';

export function describeWatch(store: () => DocumentStore): void {
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

  it('tells a watcher of changes from a value of a growing field on, of earlier and later ones as they come', async () => {
    const write = (name: string, startedAt: string) => mustCommit(store(), { kind: 'set', path: at(name), data: { startedAt } });
    await write('old', '2026-01-01');
    await write('other', '2026-01-02');
    const heard: string[] = [];
    const since = { field: 'startedAt', value: '2026-02-01' };
    const stop = store().watch(executions, ({ path, snapshot }) => heard.push(`${path} ${snapshot?.data.startedAt}`), since);
    await write('old', '2026-02-02');
    await write('new', '2026-02-01');
    await write('new', '2026-02-03');
    await settled(() => heard.includes(`${at('new')} 2026-02-03`) && heard.includes(`${at('old')} 2026-02-02`));
    stop();
    await write('late', '2026-03-01');
    expect(heard.findLast((one) => one.startsWith(at('new')))).toBe(`${at('new')} 2026-02-03`);
    expect(heard).toContain(`${at('old')} 2026-02-02`);
    expect(heard.filter((one) => one.startsWith(at('late')) || one.startsWith(at('other')))).toEqual([]);
  });

  it('tells a watcher of a collection group of its documents wherever they are, between two values of a field', async () => {
    const branch = (execution: string, name: string, due: string) =>
      mustCommit(store(), { kind: 'set', path: `${at(execution)}/branches/${name}`, data: { due } });
    const heard = new Set<string>();
    const since = { field: 'due', value: 'o1/2026-02', below: 'o1/~', group: true };
    const take = ({ path, snapshot }: { readonly path: string; readonly snapshot: { readonly data: JsonObject } | null }) =>
      heard.add(`${path} ${snapshot?.data.due}`);
    const stop = store().watch('branches', take, since);
    await branch('a', 'b', 'o1/2026-02-01');
    await branch('c', 'd', 'o1/2026-02-02');
    await mustCommit(store(), create(at('x'), { due: 'o1/2026-02-03' }));
    await branch('c', 'd', 'o1/2026-02-03');
    const wanted = [`${at('a')}/branches/b o1/2026-02-01`, `${at('c')}/branches/d o1/2026-02-03`];
    await settled(() => wanted.every((one) => heard.has(one)));
    stop();
    expect([...heard]).toEqual(expect.arrayContaining(wanted));
    expect([...heard].filter((one) => one.startsWith(`${at('x')} `))).toEqual([]);
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
