/** The functions as Cloud Run services: which revision serves, which is the newest, and whose share of the traffic is what. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gcloud } from './gcloud.ts';

export type Service = {
  readonly name: string;
  /** Serves all or most of the traffic. */
  readonly serving: string;
  readonly newest: string;
  /** The newest revision has come up. */
  readonly newestIsReady: boolean;
};

type Described = {
  readonly status?: {
    readonly latestCreatedRevisionName?: string;
    readonly latestReadyRevisionName?: string;
    readonly traffic?: readonly { readonly revisionName?: string; readonly percent?: number }[];
  };
};

/**
 * In the order in which traffic moves: whoever takes work first, whoever gives it last, so that nothing new reaches an old worker for longer
 * than it must.
 */
export function serviceNames(topologyFile = join(import.meta.dirname, '../topology.json')): readonly string[] {
  const { prefix, functions }: { prefix: string; functions: Record<string, { public: boolean }> } = JSON.parse(
    readFileSync(topologyFile, 'utf8'),
  );
  return Object.entries(functions)
    .toSorted(([, a], [, b]) => Number(a.public) - Number(b.public))
    .map(([name]) => `${prefix}-${name}`);
}

/** null where the service does not exist yet: before the first deployment. */
export async function readService(gcloud: Gcloud, name: string): Promise<Service | null> {
  const listed = await gcloud.ask(['run', 'services', 'list', `--filter=metadata.name=${name}`, '--format=value(metadata.name)']);
  if (listed.trim() === '') return null;
  const text = await gcloud.ask(['run', 'services', 'describe', name, '--format=json']);
  const { status = {} }: Described = JSON.parse(text);
  const { latestCreatedRevisionName: newest, latestReadyRevisionName: ready, traffic = [] } = status;
  const [most] = traffic.toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const serving = most?.revisionName ?? ready;
  // a service whose first revision never came up serves nothing that could be kept
  if (newest === undefined || serving === undefined) return null;
  return { name, serving, newest, newestIsReady: newest === ready };
}

/** `shares`: revision and percent; together 100. */
export function setTraffic(gcloud: Gcloud, name: string, shares: readonly (readonly [string, number])[]): Promise<void> {
  const given = shares.filter(([, percent]) => percent > 0).map(([revision, percent]) => `${revision}=${percent}`);
  return gcloud.change(['run', 'services', 'update-traffic', name, `--to-revisions=${given.join(',')}`]);
}
