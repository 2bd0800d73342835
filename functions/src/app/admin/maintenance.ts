/** What only the process that runs everything can do or tell; handed in by the entry, because it differs per deployment. */
import type { JsonObject } from '@automateos/shared/model/json';

export type Maintenance = {
  /** Workers, queue depth, sweeps: whatever this deployment knows of itself. */
  status(): Promise<JsonObject>;
  /** Bytes and documents by kind. */
  storage(): Promise<JsonObject>;
  /** Deletes what retention allows to delete now. */
  prune(): Promise<JsonObject>;
  /** Writes a consistent copy into `name` in the installation's backup folder. */
  backup(name: string): Promise<JsonObject>;
  /** Dependencies by name; a rejected or false one makes the service not ready. */
  readiness(): Promise<Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>>;
};
