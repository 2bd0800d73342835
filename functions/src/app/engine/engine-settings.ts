/** Limits and switches of the engine, from the configuration. */
export type EngineSettings = {
  /** Where callbacks reach this installation: `https://flows.example`, no slash at the end. */
  readonly publicUrl: string;
  /** A journal goes on in a new document past this many steps, or past `journalBytes`. */
  readonly journalSteps: number;
  readonly journalBytes: number;
  /** Leases that end without progress before the step is failed as CRASHED. */
  readonly maxCrashes: number;
  /** Embedded: the data folder has one owner, this process, whose claims start with this; leases of others are void. null = cloud. */
  readonly soleOwner: string | null;
  /** Days that a finished execution is kept where its workflow does not say. */
  readonly retentionDays: number;
  /** Calls within calls, and error workflows of error workflows. */
  readonly maxDepth: number;
  /** True once the process is asked to end: branches are handed back at their next checkpoint. */
  readonly draining: () => boolean;
  /** Defects planted by the simulator to prove that its checks see them; absent in every real composition. */
  readonly plantedBug?: string;
};

export const defaultEngineSettings: EngineSettings = {
  publicUrl: 'http://127.0.0.1:8080',
  journalSteps: 48,
  journalBytes: 200 * 1024,
  maxCrashes: 5,
  soleOwner: null,
  retentionDays: 30,
  maxDepth: 16,
  draining: () => false,
};
