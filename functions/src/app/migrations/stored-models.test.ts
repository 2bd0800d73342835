import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { checkDocuments, faultOf, type UnreadableDocument } from './check-documents.ts';
import { migrations } from './migrations.ts';
import { runMigrations } from './run-migrations.ts';
import { modelOf, storedGroups } from './stored-models.ts';

type Stored = { readonly path: string; readonly data: JsonObject };

const folder = join(import.meta.dirname, 'corpus');
const releases = readdirSync(folder).map((file) => file.replace(/\.jsonl$/, ''));
const corpusOf = (release: string): readonly Stored[] =>
  readFileSync(join(folder, `${release}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
/** Of the embedded identity, which reads them with its own model, and marks that nobody reads more of than that they are there. */
const withoutModel = new Set(['local-accounts', 'marks']);
/** Not stored by these releases, or (definitions) only while a draft is run. */
const laterGroups: Readonly<Record<string, readonly string[]>> = {
  ...{ definitions: ['0.1'], budgets: ['0.1'], spend: ['0.1'] },
  ...{ memberships: ['0.1'], invitations: ['0.1'], 'sign-in-sessions': ['0.1'], 'account-links': ['0.1'] },
  ...{ 'quota-overrides': ['0.1'], 'deleted-organizations': ['0.1'], 'api-key-uses': ['0.1'] },
  ...{ 'live-tickets': ['0.1'] },
  ...{ 'data-keys': ['0.1'], 'oauth-states': ['0.1'] },
  ...{ 'webhook-endpoints': ['0.1'], 'webhook-deliveries': ['0.1'] },
};
const groupOf = ({ path }: Pick<Stored, 'path'>): string => path.split('/').at(-2) ?? '';

describe.each(releases)('what release %s stored', (release) => {
  const corpus = corpusOf(release);

  it('is read by the models of today, once it is migrated', async () => {
    const store = createFakeDocumentStore();
    for (const { path, data } of corpus) await store.commit([{ kind: 'create', path, data }]);
    await runMigrations({ store, clock: createFakeClock(), owner: 'test', migrations });
    const unreadable: UnreadableDocument[] = [];
    for await (const check of checkDocuments(store)) unreadable.push(...check.unreadable);
    expect(unreadable).toEqual([]);
  });

  it('has a model for every kind of document', () => {
    const strangers = corpus.filter((one) => modelOf(one.path) === null && !withoutModel.has(groupOf(one)));
    expect(strangers.map(({ path }) => path)).toEqual([]);
  });

  it('has documents of every kind, and executions and branches in every state that lasts', () => {
    const groups = new Set(corpus.map(groupOf));
    expect(storedGroups.filter((group) => !groups.has(group) && !(laterGroups[group] ?? []).includes(release))).toEqual([]);
    const states = (group: string) => new Set(corpus.filter((one) => groupOf(one) === group).map(({ data }) => data.status));
    expect([...states('executions')].toSorted()).toEqual(['cancelled', 'failed', 'running', 'succeeded']);
    expect([...states('branches')].toSorted()).toEqual(['ended', 'failed', 'rolled', 'stopped', 'waiting']);
  });

  it('would not be read if a model asked for more than there is', () => {
    const executions = corpus.filter((one) => groupOf(one) === 'executions');
    const [one] = executions;
    if (one === undefined || !isJsonObject(one.data.trigger ?? null)) throw new TypeError('no execution');
    const { generation: _, ...rest } = one.data;
    expect(faultOf({ path: one.path, data: rest })?.problems[0]).toContain('generation');
  });
});

it('every place that documents are stored at has a model', () => {
  const places = Object.values(paths).map((place) =>
    typeof place === 'string' ? place : String(Reflect.apply(place, null, ['a', 'b', 'c', 'd'])),
  );
  // an odd number of segments is a collection, an even one a document; a prefix of blobs ends with a slash
  const documents = places
    .filter((place) => !place.endsWith('/'))
    .map((place) => (place.split('/').length % 2 === 0 ? place : `${place}/x`));
  expect(documents.filter((path) => modelOf(path) === null && !withoutModel.has(groupOf({ path })))).toEqual([]);
});
