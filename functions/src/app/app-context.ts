/**
 * The ports that use cases take. Composed by hand in entry/; tests and the simulator compose fakes. No use case reaches for anything
 * else: no clock, no random, no I/O of its own.
 */
import type { Blobs } from '@automateos/shared/ports/blobs';
import type { Clock } from '@automateos/shared/ports/clock';
import type { ComputeMeter } from '@automateos/shared/ports/compute-meter';
import type { DataKeyring } from '@automateos/shared/ports/data-keys';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { Evaluator } from '@automateos/shared/ports/evaluator';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import type { Ids } from '@automateos/shared/ports/ids';
import type { Interrupts } from '@automateos/shared/ports/interrupts';
import type { LocalWorkers } from '@automateos/shared/ports/local-workers';
import type { Logger } from '@automateos/shared/ports/logger';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { Queue } from '@automateos/shared/ports/queue';
import type { Schedules } from '@automateos/shared/ports/schedules';
import type { ScriptSandbox } from '@automateos/shared/ports/script-sandbox';
import type { SecretBox } from '@automateos/shared/ports/secret-box';
import type { Telemetry } from '@automateos/shared/ports/telemetry';
import type { Timers } from '@automateos/shared/ports/timers';
import type { AccessReads } from './cache/access-reads.ts';
import type { Pricing } from './cost/pricing.ts';
import type { EngineSettings } from './engine/engine-settings.ts';
import type { PlanCache } from './engine/plan-cache.ts';
import type { Shares } from './live/shares.ts';

export type App = {
  readonly store: DocumentStore;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly timers: Timers;
  readonly schedules: Schedules;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly evaluator: Evaluator;
  readonly nodeTypes: NodeTypes;
  readonly http: HttpClient;
  readonly sandbox: ScriptSandbox;
  readonly secrets: SecretBox;
  /** Rotates what `secrets` seals under; absent in fakes that seal nothing. */
  readonly dataKeys?: DataKeyring;
  readonly plans: PlanCache;
  /** Who may do what, kept in memory; absent: it is read from the store each time. */
  readonly reads?: AccessReads | undefined;
  readonly interrupts: Interrupts;
  readonly live: Shares;
  readonly workers: LocalWorkers;
  readonly compute: ComputeMeter;
  readonly pricing: Pricing;
  readonly settings: EngineSettings;
};
