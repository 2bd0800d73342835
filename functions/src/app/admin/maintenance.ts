/** What only the process that runs everything can do or tell; handed in by the entry, because it differs per deployment. */
import type { JsonObject } from '@automateos/shared/model/json';
import type { PruneChoice } from './prune-executions.ts';

export type Maintenance = {
  /** Workers, queue depth, sweeps: whatever this deployment knows of itself. */
  status(): Promise<JsonObject>;
  /** Bytes of the documents by kind, of the blobs and of the files that hold them. */
  storage(): Promise<JsonObject>;
  /** Deletes what retention allows to delete now, or what is asked for beyond it; only counts on a dry run. */
  prune(choice: PruneChoice): Promise<JsonObject>;
  /** Writes a consistent copy into `name` in the installation's backup folder. */
  backup(name: string): Promise<JsonObject>;
  /** The same copy as a stream; nothing of it stays on the server. */
  download(): Promise<{ readonly bytes: number; readonly stream: ReadableStream<Uint8Array> }>;
  /** Dependencies by name; a rejected or false one makes the service not ready. */
  readiness(): Promise<Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>>;
};
