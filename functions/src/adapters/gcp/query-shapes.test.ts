import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { groupOf } from '@automateos/shared/documents/document-path';
import { paths } from '@automateos/shared/model/paths';
import { beforeAll, expect, test } from 'vitest';
import { storedGroups } from '../../app/migrations/stored-models.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { askEveryQuery, someJobs } from '../../testing/ask-every-query.ts';
import { type RecordedQuery, recordQueries } from '../../testing/query-recorder.ts';
import { type FirestoreIndexFile, indexesByGroup } from './firestore-index-file.ts';
import { missingIndex, servingIndexes } from './firestore-index-rules.ts';
import { planQuery } from './firestore-plan.ts';
import { shippedIndexFile } from './shipped-index-file.ts';

const indexes = shippedIndexFile();
const source = join(import.meta.dirname, '../..');
let recorded: readonly RecordedQuery[] = [];
let written: readonly string[] = [];

beforeAll(async () => {
  const api = await createApiFixture({ schedules: someJobs });
  recorded = recordQueries(api.store);
  await askEveryQuery(api);
  written = api.store.documents().map(({ path }) => groupOf(path));
});

test('every line that asks the store a query was reached', async () => {
  const reached = new Set(recorded.flatMap(({ lines }) => lines));
  const asking = await linesThatAsk();
  expect(asking.length).toBeGreaterThan(40);
  const silent = asking.filter((line) => !reached.has(line));
  expect(silent, 'add what reaches them to testing/ask-every-query.ts').toEqual([]);
});

test('every query that the code can ask is served by an index, by Firestore\u2019s rules', () => {
  const unserved = shapes().flatMap(({ group, plan, lines }) => {
    const missing = missingIndex(group, plan);
    return missing === null ? [] : [`${missing} <- ${lines.slice(0, 2).join(' <- ')}`];
  });
  expect([...new Set(unserved)]).toEqual([]);
});

test('every index serves a query: each costs storage and time with every write', () => {
  const used = new Set(shapes().flatMap(({ group, plan }) => servingIndexes(group, plan)));
  const unused = groups().flatMap((name) => {
    const idle = indexesOf(name).indexes.filter((index) => !used.has(index));
    return idle.map(({ scope, fields }) => `${name} (${scope}): ${fields.map((one) => `${one.field} ${one.mode}`).join(', ')}`);
  });
  expect(unused).toEqual([]);
});

test('no field is indexed that is not named: each collection group says so', () => {
  const silent = groups().filter((group) => !indexes.fieldOverrides.some((one) => exempts(one, group)));
  expect(silent, 'add { "fieldPath": "*", "indexes": [] } for each to firestore.indexes.json').toEqual([]);
});

test('documents that only expire are deleted by Firestore itself, those with others below them are not', () => {
  expect(groups().filter((group) => indexesOf(group).expires)).toEqual([
    'account-links',
    'idempotency',
    'invitations',
    'live-tickets',
    'oauth-states',
    'sign-in-attempts',
    'sign-in-sessions',
    'spend',
    'webhook-deliveries',
  ]);
});

const indexesOf = indexesByGroup(indexes);

/** Each recorded query as Firestore is asked it; not those that find nothing anyway. */
function shapes() {
  return recorded.flatMap(({ query, lines }) => {
    const plan = planQuery(query);
    return plan === null
      ? []
      : [{ plan, lines, group: indexesOf(plan.group ? plan.collection : groupOf(`${plan.collection}/x`)) }];
  });
}

const exempts = (one: FirestoreIndexFile['fieldOverrides'][number], group: string): boolean =>
  one.collectionGroup === group && one.fieldPath === '*' && one.indexes.length === 0;

/** All collection groups: by the paths and models that there are, by what was written here, and those that the index file knows. */
function groups(): readonly string[] {
  const documents = Object.values(paths).map((path) => (typeof path === 'string' ? path : path('a', 'b', 'c' as never)));
  const stored = documents.map((path) => path.split('/')).filter((segments) => segments.at(-1) !== '');
  const named = stored.map((segments) => segments.at(segments.length % 2 === 0 ? -2 : -1) ?? '');
  const listed = [...indexes.indexes, ...indexes.fieldOverrides].map(({ collectionGroup }) => collectionGroup);
  return [...new Set([...named, ...listed, ...storedGroups, ...written])].sort();
}

/** Passes on what others ask. */
const passing = ['app/cost/meter-ports.ts', 'app/cache/access-reads.ts'];
/** Asks for one document of a collection, without condition or order, which needs no index; it prints as it goes. */
const plain = ['entry/greet.ts'];

const asks = /\bstore\s*\.(query|count)\(|\b(duePage|queryPage|scanPage|removeAll|documentPages)\(/;

/** `app/paging.ts:17` for each line outside tests, simulator and adapters that asks. */
async function linesThatAsk(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of ['app', 'api', 'ai', 'entry']) {
    const names = await readdir(join(source, folder), { recursive: true }).catch((): string[] => []);
    for (const name of names.filter((one) => /\.ts$/.test(one) && !/\.(test|fixture)\.ts$/.test(one)).sort()) {
      const path = `${folder}/${name}`;
      if ([...passing, ...plain].includes(path)) continue;
      const lines = (await readFile(join(source, path), 'utf8')).split('\n');
      for (const [index, line] of lines.entries()) {
        if (asks.test(line) && !/\bfunction\b|^import/.test(line)) found.push(`${path}:${index + 1}`);
      }
    }
  }
  return found;
}
