/**
 * Where an organization's sealed texts are stored, with the context that each was sealed for. Whatever is sealed for longer than some days
 * belongs here: a data key is forgotten once nothing of this is under it.
 */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { isJsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';
import { webhookSecretsContext } from '../workflows/webhook-secrets.ts';
import { Credential, sealContext, tokensContext } from './credential.ts';

/** One text at a time: given as it stands, with its context; answers what is to stand there. */
export type Reseal = (sealed: string, context: string) => Promise<string>;

export type SealedPlace = {
  /** Every document that may hold some. */
  pages(store: DocumentStore, org: string): AsyncIterable<readonly Snapshot[]>;
  /** The same document with each text as `reseal` gives it. */
  rewrite(org: string, row: Snapshot, reseal: Reseal): Promise<JsonObject>;
};

const pageSize = 100;

export const sealedPlaces: readonly SealedPlace[] = [
  { pages: (store, org) => pagesOf(store, paths.credentials(org)), rewrite: rewriteCredential },
  { pages: workflowPages, rewrite: rewriteDefinition },
  { pages: endpointPages, rewrite: rewriteEndpoints },
];

async function rewriteCredential(_org: string, row: Snapshot, reseal: Reseal): Promise<JsonObject> {
  const { sealed, revision, grant } = Credential.parse(row.data);
  const changed = { ...row.data, sealed: await reseal(sealed, sealContext(row.path, revision)) };
  if (grant === undefined || grant.sealedTokens === null) return changed;
  const sealedTokens = await reseal(grant.sealedTokens, tokensContext(row.path, grant.revision));
  return { ...changed, grant: { ...grant, sealedTokens } };
}

/** Versions and drafts, of deleted workflows too: a version stays as long as an execution of it. */
async function* workflowPages(store: DocumentStore, org: string): AsyncGenerator<readonly Snapshot[]> {
  for (const collection of [paths.workflows(org), `organizations/${org}/deleted-workflows`]) {
    for await (const page of pagesOf(store, collection)) {
      for (const { path } of page) {
        const workflow = paths.workflow(org, path.split('/').at(-1) ?? '');
        yield* pagesOf(store, `${workflow}/versions`);
        yield* pagesOf(store, `${workflow}/drafts`);
      }
    }
  }
}

/** In the tree and in the YAML that it was written in; comments and order stay, so that the version is what it was. */
function rewriteDefinition(org: string, row: Snapshot, reseal: Reseal): Promise<JsonObject> {
  const context = webhookSecretsContext({ org, workflowId: row.path.split('/').at(-3) ?? '' });
  return rewriteTexts(row.data, (sealed) => reseal(sealed, context));
}

/** Outgoing webhooks: one document holds all endpoints of the organization. */
async function* endpointPages(store: DocumentStore, org: string): AsyncGenerator<readonly Snapshot[]> {
  const row = await store.get(`organizations/${org}/webhook-endpoints/current`);
  if (row !== null) yield [row];
}

async function rewriteEndpoints(_org: string, row: Snapshot, reseal: Reseal): Promise<JsonObject> {
  const endpoints = Array.isArray(row.data.endpoints) ? (row.data.endpoints as readonly JsonValue[]) : [];
  const rewritten = endpoints.map((endpoint) =>
    isJsonObject(endpoint)
      ? rewriteTexts(endpoint, (sealed) => reseal(sealed, `${row.path}#${String(endpoint.id)}`))
      : Promise.resolve(endpoint),
  );
  return { ...row.data, endpoints: await Promise.all(rewritten) };
}

/** In the order of their paths: what is written meanwhile behind the cursor is under the newest key already. */
async function* pagesOf(store: DocumentStore, collection: string): AsyncGenerator<readonly Snapshot[]> {
  let last: string | null = null;
  for (;;) {
    const after: { readonly startAfter?: { readonly values: readonly []; readonly path: string } } =
      last === null ? {} : { startAfter: { values: [], path: last } };
    const page = await store.query({ collection, limit: pageSize, ...after });
    if (page.length > 0) yield page;
    last = page.at(-1)?.path ?? null;
    if (page.length < pageSize) return;
  }
}

const sealedText = /s1:[\w.-]+:[\w-]{16}:[\w-]+|s2:[\w-]+:[\w-]{16}:[\w-]+/g;

async function rewriteTexts<T extends JsonValue>(value: T, reseal: (sealed: string) => Promise<string>): Promise<T> {
  const found = new Set(JSON.stringify(value).match(sealedText) ?? []);
  const replaced = new Map<string, string>();
  for (const sealed of found) replaced.set(sealed, await reseal(sealed));
  return mapTexts(value, (text) => text.replaceAll(sealedText, (sealed) => replaced.get(sealed) ?? sealed)) as T; // texts for texts
}

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (value === null || typeof value !== 'object') return value;
  if (!isJsonObject(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
