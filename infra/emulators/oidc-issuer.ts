/**
 * Who signs the tokens that Pub/Sub, Cloud Tasks and Cloud Scheduler send with their requests; here what accounts.google.com is there.
 * RS256 under one key that is made at the start and forgotten at the end; its public half is served as a JWKS over HTTP. Loopback only.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type TokenClaims = {
  /** The URL that is called. */
  readonly audience: string;
  /** The service account that calls. */
  readonly email: string;
  /** true unless a test wants it otherwise. */
  readonly emailVerified?: boolean;
  /** Seconds since the epoch; now unless a test wants it otherwise. The token is good for an hour from then. */
  readonly issuedAt?: number;
};

export type OidcIssuer = {
  readonly issuer: string;
  readonly jwksUrl: string;
  sign(claims: TokenClaims): Promise<string>;
  stop(): Promise<void>;
};

const lifeSeconds = 3_600;

export async function startOidcIssuer(options: { readonly port?: number } = {}): Promise<OidcIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2_048 });
  const kid = randomUUID();
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] });
  const server = createServer((request, response) => {
    const known = request.url === '/jwks' && request.method === 'GET';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' });
    response.end(known ? jwks : '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  const issuer = `http://127.0.0.1:${port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    sign({ audience, email, emailVerified = true, issuedAt = Math.floor(Date.now() / 1_000) }) {
      return new SignJWT({ email, email_verified: emailVerified, azp: subjectOf(email) })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subjectOf(email))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifeSeconds)
        .sign(privateKey);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Google's numeric id of a service account: the same for the same e-mail. */
function subjectOf(email: string): string {
  let id = 0n;
  for (const byte of Buffer.from(email)) id = (id * 131n + BigInt(byte)) % 10n ** 20n;
  return `1${String(id).padStart(20, '0')}`;
}
