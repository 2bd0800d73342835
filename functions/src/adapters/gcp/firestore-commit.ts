/**
 * Commits. Firestore applies all writes of one or none; what takes thought is an answer that does not come.
 *
 *   answered         its update times are the versions
 *   refused          a precondition failed: the documents are read to name the first one. Where an earlier attempt of the same commit got no
 *                    answer, one that bears its token proves that the commit had landed, and is its answer
 *   not applied      ABORTED, by contention: tried again after a pause
 *   no answer        tried again where a write has a precondition: should the first attempt land late, after all, its preconditions fail, or
 *                    those of the second. A commit without any could undo what others wrote in between: StoreUnavailable at once
 */
import { checkWrites, documentLimitBytes } from '@automateos/shared/documents/document-writes';
import { AppError } from '@automateos/shared/model/app-error';
import { type CommitResult, StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import { type AttemptClock, asStoreError, startClock } from './firestore-attempts.ts';
import { type EncodedDocument, encodeDocument, tokenIn } from './firestore-document.ts';
import { type GroupIndexes, ownFields } from './firestore-index-file.ts';
import type { FirestoreNames } from './firestore-names.ts';
import { type FirestoreRpc, type FoundDocument, fromVersion, type WriteRequest } from './firestore-rpc.ts';
import { grpcStatus, statusOf } from './grpc-client.ts';

export type CommitterOptions = {
  readonly rpc: FirestoreRpc;
  readonly names: FirestoreNames;
  readonly indexesOf: (group: string) => GroupIndexes;
  /** A short random text, another for every commit. */
  readonly newToken: () => string;
  /** Told of documents that were read to explain a refusal. */
  readonly readMore: (documents: number) => void;
};

type Commit = { readonly writes: readonly Write[]; readonly requests: WriteRequest[]; readonly token: string };

const patience = { attemptMs: 10_000, totalMs: 10_000 };
/** Firestore's limit for a request, less what surrounds the documents in it. */
const requestLimitBytes = 10 * documentLimitBytes - 256 * 1024;
/** No document of ours was ever written then, so that no document has this version. */
const neverWritten = { seconds: '1', nanos: 0 };

const refusals: readonly number[] = [grpcStatus.alreadyExists, grpcStatus.failedPrecondition, grpcStatus.notFound];

export function createCommitter(options: CommitterOptions): (writes: readonly Write[]) => Promise<CommitResult> {
  return async (writes) => {
    checkWrites(writes);
    if (writes.length === 0) return { ok: true, versions: [] };
    const token = options.newToken();
    return send({ writes, token, requests: encode(writes, token, options) }, options);
  };
}

async function send(commit: Commit, options: CommitterOptions): Promise<CommitResult> {
  const conditional = commit.writes.some(isConditional);
  const clock = startClock(patience);
  /** An attempt got no answer: it may have landed. */
  let inDoubt = false;
  for (;;) {
    try {
      return { ok: true, versions: await options.rpc.commit(commit.requests, clock.attemptMs()) };
    } catch (error) {
      const status = statusOf(error);
      if (status !== null && conditional && refusals.includes(status)) {
        const answer = await explain(commit, { status, inDoubt, clock }, options);
        if (answer) return answer;
      } else {
        throwIfFinal(error, status, commit);
        inDoubt ||= status !== grpcStatus.aborted;
      }
      if ((inDoubt && !conditional) || !(await clock.pause())) throw asUnanswered(error);
    }
  }
}

type Refusal = { readonly status: number; readonly inDoubt: boolean; readonly clock: AttemptClock };

/** null when nothing stands in the commit's way any more: a document that was to be created was there, and has gone again. */
async function explain(
  { writes, token }: Commit,
  { status, inDoubt, clock }: Refusal,
  { rpc, names, readMore }: CommitterOptions,
): Promise<CommitResult | null> {
  const conditional = writes.filter(isConditional);
  const [only, ...others] = conditional;
  // NOT_FOUND may also say that there is no such database, so it is looked into
  if (only && others.length === 0 && !inDoubt && status !== grpcStatus.notFound) return refusedBy(only);
  const asked = (inDoubt ? writes : conditional).map(({ path }) => path);
  const found = new Map<string, FoundDocument>();
  try {
    for (const document of await rpc.batchGet(asked.map(names.document), {
      timeoutMs: clock.attemptMs(),
      mask: [ownFields.token],
    })) {
      found.set(names.path(document.name), document);
    }
  } catch (error) {
    throw asUnanswered(error);
  }
  readMore(asked.length);
  const landed = [...found.values()].find(({ fields }) => tokenIn(fields) === token);
  if (landed) {
    // All documents of a commit have the time of the commit.
    return { ok: true, versions: writes.map(({ kind }) => (kind === 'delete' ? '' : landed.version)) };
  }
  const first = conditional.find((write) => fails(write, found.get(write.path)));
  if (!first) return null;
  if (inDoubt) throw new StoreUnavailable('Firestore: an attempt got no answer, and others have written since');
  return refusedBy(first);
}

function fails(write: Write, document: FoundDocument | undefined): boolean {
  if (write.kind === 'create') return document !== undefined;
  return (write.kind === 'update' || write.kind === 'delete') && document?.version !== write.version;
}

function refusedBy({ kind, path }: Write): CommitResult {
  return { ok: false, failed: kind === 'create' ? 'exists' : 'version', path };
}

function isConditional(write: Write): boolean {
  return write.kind === 'create' || write.kind === 'update' || (write.kind === 'delete' && write.version !== undefined);
}

/** What another attempt would only hear again: a right that is missing, or a mistake of the caller's. */
function throwIfFinal(error: unknown, status: number | null, { writes }: Commit): void {
  if (status === grpcStatus.permissionDenied || status === grpcStatus.unauthenticated) throw asStoreError(error);
  if (status !== grpcStatus.invalidArgument) return;
  const message = error instanceof Error ? error.message : '';
  if (!/maximum|too (large|big)|exceeds/i.test(message)) throw asStoreError(error);
  throw new AppError('DOCUMENT_TOO_LARGE', { path: place(writes), limitBytes: documentLimitBytes }, { cause: error });
}

const asUnanswered = (cause: unknown): StoreUnavailable => {
  const error = asStoreError(cause);
  return error instanceof StoreUnavailable ? error : new StoreUnavailable(error.message, { cause });
};

const place = (writes: readonly Write[]): string =>
  writes.length === 1 ? (writes[0]?.path ?? '') : `${writes.length} documents at once`;

function encode(writes: readonly Write[], token: string, { names, indexesOf }: CommitterOptions): WriteRequest[] {
  let bytes = 0;
  const encoded = (write: Write & { readonly kind: 'create' | 'set' | 'update' }): EncodedDocument => {
    const document = encodeDocument(write.path, write.data, { token, indexesOf });
    bytes += document.bytes;
    return document;
  };
  const requests = writes.map((write): WriteRequest => {
    const name = names.document(write.path);
    if (write.kind === 'delete') {
      return { delete: name, ...(write.version === undefined ? {} : { currentDocument: ofVersion(write.version) }) };
    }
    const update = { name, fields: encoded(write).fields };
    if (write.kind === 'set') return { update };
    return { update, currentDocument: write.kind === 'create' ? { exists: false } : ofVersion(write.version) };
  });
  if (bytes > requestLimitBytes) {
    throw new AppError('DOCUMENT_TOO_LARGE', { path: place(writes), limitBytes: requestLimitBytes });
  }
  return requests;
}

const ofVersion = (version: string) => ({ updateTime: fromVersion(version) ?? neverWritten });
