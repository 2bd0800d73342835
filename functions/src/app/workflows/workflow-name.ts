/** Names are compared as people read them: composed characters, no space around. Case counts. */
import { digest } from '../digest.ts';

export function normalizeName(name: string): string {
  return name.normalize('NFC').trim();
}

/** Id of the document that reserves a name. */
export function workflowNameDigest(name: string): string {
  return digest('workflow-name', normalizeName(name));
}
