import { type Features, featuresOf } from '@automateos/shared/model/feature';
import { type AccountSettings, defaultAccountSettings } from '../auth/account-settings.ts';

/** Limits and switches of the engine, from the configuration. */
export type EngineSettings = {
  /** Where callbacks reach this installation: `https://flows.example`, no slash at the end. */
  readonly publicUrl: string;
  /** Where WebSockets are answered; null where none are. */
  readonly liveUrl: string | null;
  /** A journal goes on in a new document past this many steps, or past `journalBytes`. */
  readonly journalSteps: number;
  readonly journalBytes: number;
  /** Writes after which the journal of a lane goes on in a new document: with hundreds of lanes, none of their documents may be a hot spot. */
  readonly laneWrites: number;
  /** Leases that end without progress before the step is failed as CRASHED. */
  readonly maxCrashes: number;
  /** Embedded: the data folder has one owner, this process, whose claims start with this; leases of others are void. null = cloud. */
  readonly soleOwner: string | null;
  /** Days that a finished execution is kept where its workflow does not say. */
  readonly retentionDays: number;
  /** Calls within calls, and error workflows of error workflows. */
  readonly maxDepth: number;
  /**
   * How long a worker may go on with a branch before it hands it back, ms, and so the longest that a step may take; null = for ever. In the
   * cloud it stays below what the platform and the queue allow one delivery.
   */
  readonly workMs: number | null;
  /** What the operator has switched on and off. */
  readonly features: Features;
  readonly accounts: AccountSettings;
  /** True once the process is asked to end: branches are handed back at their next checkpoint. */
  readonly draining: () => boolean;
  /** Defects planted by the simulator to prove that its checks see them; absent in every real composition. */
  readonly plantedBug?: PlantedBug | undefined;
};

/** Each is one line of the engine taken back; functions/src/simulator/planted-bugs.ts says what each breaks. */
export type PlantedBug =
  | 'no-fence'
  | 'key-per-attempt'
  | 'repeat-at-most-once'
  | 'promise-before-commit'
  | 'key-forgotten'
  | 'effect-before-mark'
  | 'join-without-version'
  | 'fork-in-two-commits'
  | 'token-used-twice'
  | 'lease-never-ends'
  | 'no-sweep'
  | 'crashes-not-counted'
  | 'attempts-not-counted'
  | 'stop-ignored-by-end'
  | 'stop-does-not-wait'
  | 'early-answer-lost'
  | 'drained-edge-lost'
  | 'skips-not-handed-on'
  | 'retry-raises-every-generation';

export const defaultEngineSettings: EngineSettings = {
  publicUrl: 'http://127.0.0.1:8080',
  liveUrl: 'ws://127.0.0.1:8080/v1/live',
  journalSteps: 48,
  journalBytes: 200 * 1024,
  laneWrites: 16,
  maxCrashes: 5,
  soleOwner: null,
  retentionDays: 30,
  maxDepth: 16,
  workMs: null,
  features: featuresOf([]),
  accounts: defaultAccountSettings,
  draining: () => false,
};
