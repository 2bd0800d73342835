/** A credential of a built-in kind as a step gets it, without a store. */
import { builtInCredentialTypes } from '@automateos/shared/model/built-in-credential-types';
import type { JsonObject } from '@automateos/shared/model/json';
import { type OpenedCredential, openedCredential } from '../app/credentials/opened-credential.ts';

export function stepCredential(kind: string, data: JsonObject, allowedHosts: readonly string[] = []): OpenedCredential {
  const type = builtInCredentialTypes.find((known) => known.kind === kind);
  return openedCredential(type, { name: 'shop', kind, data, allowedHosts });
}
