/**
 * The instant of a change, for `updatedAt`: now, but later than the document's last one, although clocks differ between machines and several
 * changes fit into a millisecond. So of two states of one document the later one is told by its instant.
 */
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';

export function changedAt(now: number, last: string | undefined): string {
  return toInstant(last === undefined ? now : Math.max(now, fromInstant(last) + 1));
}

/** Of a document that is not parsed for it. */
export function lastChange({ data }: { readonly data: JsonObject }): string | undefined {
  return typeof data.updatedAt === 'string' ? data.updatedAt : undefined;
}
