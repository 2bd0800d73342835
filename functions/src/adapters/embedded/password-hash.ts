/**
 * scrypt (RFC 7914) with its cost in the text, so that it can be raised without breaking old hashes. At most two run at a time: each
 * takes 32 MiB and a core for some tens of milliseconds, which strangers must not be able to multiply.
 *
 *     scrypt:{log2 N}:{r}:{p}:{salt}:{hash}
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const cost = { log2N: 15, r: 8, p: 1 } as const;
const keyBytes = 32;

export type PasswordHasher = {
  hash(password: string): Promise<string>;
  /** Null as the stored hash takes the same time and is always false. */
  verify(password: string, stored: string | null): Promise<boolean>;
};

export function createPasswordHasher(concurrency = 2): PasswordHasher {
  const gate = createGate(concurrency);
  const nobody = format(cost, randomBytes(16), randomBytes(keyBytes));

  async function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
    return gate(
      () =>
        new Promise((resolve, reject) => {
          const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
          scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
        }),
    );
  }

  return {
    async hash(password) {
      const salt = randomBytes(16);
      return format(cost, salt, await derive(password, salt, cost));
    },
    async verify(password, stored) {
      const parsed = parse(stored ?? nobody);
      if (parsed === null) return false;
      const key = await derive(password, parsed.salt, parsed.cost);
      return timingSafeEqual(key, parsed.hash) && stored !== null;
    },
  };
}

type Cost = { readonly log2N: number; readonly r: number; readonly p: number };

function format({ log2N, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `scrypt:${log2N}:${r}:${p}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

function parse(text: string): { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer } | null {
  const [scheme, log2N, r, p, salt = '', hash = ''] = text.split(':');
  const key = Buffer.from(hash, 'base64url');
  if (scheme !== 'scrypt' || key.length !== keyBytes) return null;
  return { cost: { log2N: Number(log2N), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64url'), hash: key };
}

/** Runs at most `limit` tasks at a time, in order of arrival. */
function createGate(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
