/** A Google service account's key as a signed assertion (RFC 7523), which its token address exchanges for an access token. */
import type { JsonObject } from '@automateos/shared/model/json';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { fieldOf } from '../request-parts.ts';
import { refused } from './token-endpoint.ts';

const KeyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
});

const lifetimeSeconds = 3_600;

/** Throws StepError CREDENTIAL_REFUSED, which says nothing of the key. */
export async function signAssertion(
  data: JsonObject,
  nowMs: number,
): Promise<{ readonly assertion: string; readonly tokenUrl: string }> {
  const { client_email, private_key, private_key_id, token_uri } = readKeyFile(fieldOf(data, 'key') ?? '');
  const issuedAt = Math.floor(nowMs / 1_000);
  const subject = fieldOf(data, 'subject');
  const jwt = new SignJWT({ scope: fieldOf(data, 'scopes') ?? '', ...(subject === null ? {} : { sub: subject }) })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) })
    .setIssuer(client_email)
    .setAudience(token_uri)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds);
  try {
    return { assertion: await jwt.sign(await importPKCS8(private_key, 'RS256')), tokenUrl: token_uri };
  } catch {
    throw refused('the key file has no RSA key that can sign'); // the cause may quote the key
  }
}

function readKeyFile(text: string): z.infer<typeof KeyFile> {
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch {
    throw refused('its key is not the JSON key file of a service account');
  }
}
