/**
 * At most one run of a request per key: the first one claims the key, later ones get its answer, one at the same time waits for it.
 *
 *     (none) -> running -> done           the answer is kept for 7 days
 *                 |  lease over (the process that held it is gone): the next one takes over and runs again
 *
 * So a request can run twice only when the first run died before its answer was stored; work that must not repeat even then carries
 * the key into its own commit (startExecution's `dedupe`).
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';

const keptMs = 7 * 86_400_000;
/** Longer than any work but a wait for an execution, which a second run joins; shorter than a client's patience after a crash. */
const leaseMs = 20_000;
const waitMs = 30_000;
/** A larger answer is not kept; its request runs again, which its own `dedupe` makes harmless. */
const answerLimitChars = 200_000;

const KeptAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() });
export type KeptAnswer = z.infer<typeof KeptAnswer>;

export const Kept = z.object({
  state: z.enum(['running', 'done']),
  bodyDigest: z.string(),
  /** The process that works on it, where the folder has one owner at a time (embedded); '' elsewhere. */
  owner: z.string(),
  leaseUntil: z.string(),
  expiresAt: z.string(),
  answer: z.string().nullable(),
  sealed: z.boolean(),
});
type Kept = z.infer<typeof Kept>;

export type OnceRequest = {
  readonly org: string;
  /** Document id: scope and key, hashed. */
  readonly id: string;
  /** The key as the client wrote it, for messages. */
  readonly key: string;
  readonly bodyDigest: string;
  /** The answer holds a secret: kept sealed. */
  readonly secret: boolean;
};

/** Answers that say nothing for ever (5xx, 401, 403, 429) are not kept. Throws IDEMPOTENCY_MISMATCH, IDEMPOTENCY_BUSY. */
export async function runOnce(
  app: App,
  request: OnceRequest,
  work: () => Promise<KeptAnswer>,
): Promise<{ readonly answer: KeptAnswer; readonly replayed: boolean }> {
  const path = paths.idempotency(request.org, request.id);
  const deadline = app.clock.now() + waitMs;
  for (;;) {
    const claim = await tryClaim(app, path, request);
    if (claim.kind === 'done') return { answer: await openAnswer(app, request, claim.kept), replayed: true };
    if (claim.kind === 'claimed')
      return { answer: await runClaimed(app, { path, version: claim.version, request, work }), replayed: false };
    if (app.clock.now() >= deadline) throw new AppError('IDEMPOTENCY_BUSY', { key: request.key });
    await changeOf(app, path, Math.min(deadline, claim.leaseUntil) - app.clock.now());
  }
}

type Claim =
  | { readonly kind: 'done'; readonly kept: Kept }
  | { readonly kind: 'claimed'; readonly version: string }
  | { readonly kind: 'busy'; readonly leaseUntil: number };

async function tryClaim(app: App, path: string, request: OnceRequest): Promise<Claim> {
  const snapshot = await app.store.get(path);
  const now = app.clock.now();
  const kept = snapshot === null ? null : Kept.parse(snapshot.data);
  if (kept !== null && fromInstant(kept.expiresAt) > now) {
    if (kept.bodyDigest !== request.bodyDigest)
      throw new AppError('IDEMPOTENCY_MISMATCH', { header: 'Idempotency-Key', key: request.key });
    if (kept.state === 'done' && kept.answer !== null) return { kind: 'done', kept };
    const leaseUntil = fromInstant(kept.leaseUntil);
    const isOrphan = kept.owner !== (app.settings.soleOwner ?? '');
    if (kept.state === 'running' && leaseUntil > now && !isOrphan) return { kind: 'busy', leaseUntil };
  }
  const data = asDocument({
    state: 'running',
    bodyDigest: request.bodyDigest,
    owner: app.settings.soleOwner ?? '',
    leaseUntil: toInstant(now + leaseMs),
    expiresAt: toInstant(now + keptMs),
    answer: null,
    sealed: false,
  } satisfies Kept);
  const result = await app.store.commit([
    snapshot === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version: snapshot.version },
  ]);
  return result.ok ? { kind: 'claimed', version: result.versions[0] ?? '' } : { kind: 'busy', leaseUntil: now };
}

type Claimed = {
  readonly path: string;
  readonly version: string;
  readonly request: OnceRequest;
  readonly work: () => Promise<KeptAnswer>;
};

async function runClaimed(app: App, { path, version, request, work }: Claimed): Promise<KeptAnswer> {
  let answer: KeptAnswer;
  try {
    answer = await work();
  } catch (error) {
    await app.store.commit([{ kind: 'delete', path, version }]);
    throw error;
  }
  if (answer.status >= 500 || [401, 403, 429].includes(answer.status)) {
    await app.store.commit([{ kind: 'delete', path, version }]);
    return answer;
  }
  const now = toInstant(app.clock.now());
  const data = asDocument({
    state: 'done',
    bodyDigest: request.bodyDigest,
    owner: '',
    leaseUntil: now,
    expiresAt: toInstant(app.clock.now() + keptMs),
    answer: await sealAnswer(app, request, answer),
    sealed: request.secret,
  } satisfies Kept);
  // a failed precondition means that our lease ran out and somebody else answers this key now: this answer is still true
  await app.store.commit([{ kind: 'update', path, data, version }]);
  return answer;
}

async function sealAnswer(app: App, request: OnceRequest, answer: KeptAnswer): Promise<string | null> {
  const text = JSON.stringify(answer);
  if (text.length > answerLimitChars) return null;
  return request.secret ? app.secrets.seal(text, sealContext(request)) : text;
}

async function openAnswer(app: App, request: OnceRequest, kept: Kept): Promise<KeptAnswer> {
  const text = kept.answer ?? '';
  return KeptAnswer.parse(JSON.parse(kept.sealed ? await app.secrets.open(text, sealContext(request)) : text));
}

function sealContext(request: OnceRequest): string {
  return `idempotency|${request.org}|${request.id}`;
}

/** Resolves with the next change of the document, or after `ms`. */
async function changeOf(app: App, path: string, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = () => {
      stopWatching();
      stopTimer();
      resolve();
    };
    const stopTimer = app.clock.after(Math.max(ms, 1), finish);
    const stopWatching = app.store.watch(path, finish);
  });
}
