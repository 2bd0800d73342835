/** What the verdict is given: the stored documents when everything is at rest, what clients were promised, and what the outside saw. */
import type { Plan } from '@automateos/shared/engine/plan';
import { Branch } from '@automateos/shared/model/branch';
import { Execution } from '@automateos/shared/model/execution';
import { Join, Loop } from '@automateos/shared/model/join';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import { kindOf } from '../../simulator/document-kinds.ts';
import type { SeenEffect } from './outside.ts';

export type StoredDocument = { readonly path: string; readonly data: JsonObject };

export type Promised = {
  /** The delivery's key. */
  readonly key: string;
  /** Ids that its answers named, one for each answer. */
  readonly executionIds: readonly string[];
};

export type Evidence = {
  readonly documents: readonly StoredDocument[];
  readonly promises: readonly Promised[];
  /** By idempotency key. */
  readonly effects: ReadonlyMap<string, SeenEffect>;
  /** Executions that a user cancelled. */
  readonly cancelled: ReadonlySet<string>;
  readonly planOf: (execution: Execution) => Plan;
  readonly load: (execution: Execution, stored: StoredValue) => Promise<JsonValue>;
};

export type Kept<T> = { readonly path: string; readonly data: T };

/** One execution with all that lies below it. */
export type Case = {
  readonly execution: Execution;
  readonly branches: readonly Kept<Branch>[];
  readonly joins: readonly Kept<Join>[];
  readonly loops: readonly Kept<Loop>[];
};

export function casesOf(documents: readonly StoredDocument[]): ReadonlyMap<string, Case> {
  const executions = new Map<string, Execution>();
  const branches = new Map<string, Kept<Branch>[]>();
  const joins = new Map<string, Kept<Join>[]>();
  const loops = new Map<string, Kept<Loop>[]>();
  const put = <T>(into: Map<string, T[]>, id: string, one: T): void => void into.set(id, [...(into.get(id) ?? []), one]);
  for (const { path, data } of documents) {
    const kind = kindOf(path);
    if (kind.kind === 'execution') executions.set(kind.executionId, Execution.parse(data));
    if (kind.kind === 'branch') put(branches, kind.executionId, { path, data: Branch.parse(data) });
    if (kind.kind !== 'join') continue;
    if ('lanes' in data) put(loops, kind.executionId, { path, data: Loop.parse(data) });
    else put(joins, kind.executionId, { path, data: Join.parse(data) });
  }
  return new Map(
    [...executions].map(([id, execution]) => [
      id,
      { execution, branches: branches.get(id) ?? [], joins: joins.get(id) ?? [], loops: loops.get(id) ?? [] },
    ]),
  );
}
