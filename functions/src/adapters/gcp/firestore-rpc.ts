/**
 * Firestore's own calls, each made once and over by its deadline: no retry hides behind them, because whether a call may be made again is
 * for firestore-attempts.ts and firestore-commit.ts to say. Errors come through as they are.
 */
import type { v1 } from '@google-cloud/firestore';
import type { FirestoreNames } from './firestore-names.ts';
import { onFirstUse } from './grpc-client.ts';

type Client = InstanceType<typeof v1.FirestoreClient>;
type Request<Method extends 'commit' | 'batchGetDocuments' | 'runQuery' | 'runAggregationQuery'> = NonNullable<
  Parameters<Client[Method]>[0]
>;

export type StructuredQuery = NonNullable<Request<'runQuery'>['structuredQuery']>;
export type WriteRequest = NonNullable<Request<'commit'>['writes']>[number];
export type FoundDocument = {
  readonly name: string;
  readonly version: string;
  readonly fields: { readonly [name: string]: { readonly stringValue?: string | null } } | null;
};

export type FirestoreRpc = {
  /** One version per write; '' for deletes. */
  commit(writes: WriteRequest[], timeoutMs: number): Promise<readonly string[]>;
  /** What exists, in any order. `mask`: just these native fields. */
  batchGet(names: readonly string[], options: { timeoutMs: number; mask?: readonly string[] }): Promise<readonly FoundDocument[]>;
  runQuery(asked: { parent: string; structuredQuery: StructuredQuery }, timeoutMs: number): Promise<readonly FoundDocument[]>;
  count(asked: { parent: string; structuredQuery: StructuredQuery }, timeoutMs: number): Promise<number>;
  /** The latest instant, as a version, of which the service has told us. */
  latest(): string;
  close(): Promise<void>;
};

export type FirestoreRpcOptions = {
  readonly projectId: string;
  readonly names: FirestoreNames;
  readonly emulatorHost?: string | undefined;
};

/** After an outage the connection is back within seconds, not after gRPC's two minutes. */
const channel = { 'grpc.initial_reconnect_backoff_ms': 250, 'grpc.max_reconnect_backoff_ms': 2_000 };

export function createFirestoreRpc({ projectId, names, emulatorHost }: FirestoreRpcOptions): FirestoreRpc {
  const client = onFirstUse(() => openClient(projectId, emulatorHost));
  const { database } = names;
  let latest = '';
  const heard = (at: Timestamp): string => {
    const version = toVersion(at);
    if (version > latest) latest = version;
    return version;
  };
  const options = (timeoutMs: number) => ({
    timeout: timeoutMs,
    retry: null,
    retryRequestOptions: { retries: 0, noResponseRetries: 0 },
    // who the emulator lets past the rules
    ...(emulatorHost === undefined ? {} : { otherArgs: { headers: { authorization: 'Bearer owner' } } }),
  });
  const found = (document: Document): FoundDocument => ({
    name: document.name ?? '',
    version: toVersion(document.updateTime),
    fields: document.fields ?? null,
  });

  return {
    async commit(writes, timeoutMs) {
      const [response] = await (await client.get()).commit({ database, writes }, options(timeoutMs));
      heard(response.commitTime);
      return writes.map((write, index) => (write.delete ? '' : toVersion(response.writeResults?.[index]?.updateTime)));
    },
    async batchGet(documents, { timeoutMs, mask }) {
      const request = { database, documents: [...documents], ...(mask ? { mask: { fieldPaths: [...mask] } } : {}) };
      const parts = await collect<GetPart>((await client.get()).batchGetDocuments(request, options(timeoutMs)));
      for (const part of parts) heard(part.readTime);
      return parts.flatMap((part) => (part.found ? [found(part.found)] : []));
    },
    async runQuery(asked, timeoutMs) {
      const parts = await collect<QueryPart>((await client.get()).runQuery(asked, options(timeoutMs)));
      for (const part of parts) heard(part.readTime);
      return parts.flatMap((part) => (part.document ? [found(part.document)] : []));
    },
    async count({ parent, structuredQuery }, timeoutMs) {
      const structuredAggregationQuery = { structuredQuery, aggregations: [{ alias: 'rows', count: {} }] };
      const request = { parent, structuredAggregationQuery };
      const parts = await collect<CountPart>((await client.get()).runAggregationQuery(request, options(timeoutMs)));
      return Number(parts.find(({ result }) => result)?.result?.aggregateFields?.rows?.integerValue ?? 0);
    },
    latest: () => latest,
    close: () => client.close(),
  };
}

async function openClient(projectId: string, emulatorHost: string | undefined): Promise<Client> {
  const { default: firestore } = await import('@google-cloud/firestore');
  if (emulatorHost === undefined) return new firestore.v1.FirestoreClient({ projectId, ...channel });
  const { credentials } = await import('@grpc/grpc-js');
  const [apiEndpoint = '', port] = emulatorHost.split(':');
  const sslCreds = credentials.createInsecure();
  return new firestore.v1.FirestoreClient({ projectId, apiEndpoint, port: Number(port), sslCreds, ...channel });
}

type Timestamp = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;
type Document = {
  readonly name?: string | null;
  readonly updateTime?: Timestamp;
  readonly fields?: FoundDocument['fields'];
};
type GetPart = { readonly found?: Document | null; readonly readTime?: Timestamp };
type QueryPart = { readonly document?: Document | null; readonly readTime?: Timestamp };
type CountPart = {
  readonly result?: { readonly aggregateFields?: { readonly rows?: { readonly integerValue?: unknown } } | null } | null;
};

/** All parts of an answer that comes as a stream: what `Part` says is what the method's message holds. */
function collect<Part>(stream: NodeJS.EventEmitter): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = [];
    stream.on('data', (part: Part) => parts.push(part));
    stream.on('error', reject);
    stream.on('end', () => resolve(parts));
  });
}

/** Seconds and nanoseconds; as text in the order of time until the year 2286. */
export function toVersion(at: Timestamp): string {
  return `${String(at?.seconds ?? 0)}.${String(at?.nanos ?? 0).padStart(9, '0')}`;
}

/** null for what is no version of ours. */
export function fromVersion(version: string): { readonly seconds: string; readonly nanos: number } | null {
  const [, seconds, nanos] = /^(\d{1,11})\.(\d{9})$/.exec(version) ?? [];
  return seconds === undefined ? null : { seconds, nanos: Number(nanos) };
}
