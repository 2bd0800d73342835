/**
 * The configuration of a cloud function. Terraform sets these (infra/terraform); `npm run cloud` sets them for the emulators. A bad or
 * missing value stops the start and names the variable; which functions need which is checked where they are composed.
 */
import { z } from 'zod';
import { accountVariables } from './account-variables.ts';
import { graphqlVariables } from './graphql-variables.ts';
import { liveVariables } from './live-variables.ts';
import { requestVariables } from './request-variables.ts';
import { telemetryVariables } from './telemetry-variables.ts';
import { count, featureList, httpUrl, list, readVariables } from './variable-kinds.ts';

/** `host:port` of an emulator or of a loopback server that speaks the service's protocol, without TLS. */
const endpoint = z.string().regex(/^[\w.-]+:\d+$/, 'is host:port');

const endpoints = {
  FIRESTORE_EMULATOR_HOST: endpoint.optional(),
  PUBSUB_EMULATOR_HOST: endpoint.optional(),
  FIREBASE_AUTH_EMULATOR_HOST: endpoint.optional(),
  AUTOMATEOS_TASKS_ENDPOINT: endpoint.optional(),
  AUTOMATEOS_SCHEDULER_ENDPOINT: endpoint.optional(),
  AUTOMATEOS_KMS_ENDPOINT: endpoint.optional(),
  AUTOMATEOS_STORAGE_ENDPOINT: endpoint.optional(),
  /** Google's client would follow it by itself. */
  STORAGE_EMULATOR_HOST: z.string().min(1).optional(),
  /** Where the keys of push tokens are fetched from; Google's when unset. */
  AUTOMATEOS_PUSH_JWKS: httpUrl.optional(),
  AUTOMATEOS_PUSH_ISSUER: z.string().min(1).optional(),
};

/** They lead to emulators and loopback servers. */
export const emulatorVariables: readonly string[] = Object.keys(endpoints);

export const CloudConfig = z
  .object({
    GOOGLE_CLOUD_PROJECT: z.string().min(1),
    AUTOMATEOS_REGION: z.string().min(1).default('europe-west1'),
    /** Location of the database, for its prices: a region or a multi-region (`nam5`); AUTOMATEOS_REGION when unset. */
    AUTOMATEOS_FIRESTORE_LOCATION: z.string().min(1).optional(),
    AUTOMATEOS_DATABASE: z.string().min(1).default('(default)'),
    /** Before the names of topics, queues and jobs. */
    AUTOMATEOS_PREFIX: z.string().min(1).default('automateos'),
    /** Where callers reach the console and the API: callback links are made of it. */
    AUTOMATEOS_PUBLIC_URL: httpUrl,
    AUTOMATEOS_BUCKET: z.string().min(1),
    /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`: wraps data keys. */
    AUTOMATEOS_KMS_KEY: z.string().min(1),
    /** `.../cryptoKeys/K/cryptoKeyVersions/1`, HMAC-SHA256: keys for purposes are derived with it. */
    AUTOMATEOS_KMS_MAC_KEY: z.string().min(1),
    /** The web API key of Firebase Auth, with which passwords are checked. No secret. */
    AUTOMATEOS_FIREBASE_API_KEY: z.string().min(1).default('none'),
    /** URL of this very function: the audience that its callers' tokens must name. */
    AUTOMATEOS_SELF_URL: httpUrl,
    AUTOMATEOS_WORKER_URL: httpUrl,
    AUTOMATEOS_AI_WORKER_URL: httpUrl,
    AUTOMATEOS_HEAVY_WORKER_URL: httpUrl,
    AUTOMATEOS_SCHEDULE_URL: httpUrl,
    /** Of the function `live`, which carries WebSockets; without it there are none. */
    AUTOMATEOS_LIVE_URL: httpUrl.optional(),
    /** Service account that Pub/Sub, Cloud Tasks and Cloud Scheduler call as; the only one that is let in. */
    AUTOMATEOS_INVOKER: z.string().min(1),
    /** Schedules that get a Cloud Scheduler job of their own; further ones share the minute's tick. */
    AUTOMATEOS_SCHEDULE_JOBS: count(0, 1_000).default(100),
    AUTOMATEOS_OWNER_EMAIL: z.email().optional(),
    AUTOMATEOS_OWNER_PASSWORD: z.string().min(8, 'has at least 8 characters').optional(),
    AUTOMATEOS_EGRESS_ALLOW: list.default([]),
    AUTOMATEOS_STARTER: z.enum(['on', 'off']).default('on'),
    AUTOMATEOS_FEATURES: featureList.default([]),
    AUTOMATEOS_CONCURRENCY: count(1, 1_000).default(32),
    AUTOMATEOS_RETENTION_DAYS: count(0, 3_650).default(30),
    /** Google's front end, and Hosting before it. */
    AUTOMATEOS_TRUSTED_PROXIES: count(0, 10).default(1),
    AUTOMATEOS_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** How long a request may work on branches before it hands them back, ms; below the platform's limit. */
    AUTOMATEOS_WORK_MS: count(1_000, 3_500_000).default(540_000),
    /** Version that errors are reported under. */
    AUTOMATEOS_VERSION: z.string().min(1).default('dev'),
    // Of each instance. An address stands for many callers: behind Hosting all share its own.
    ...accountVariables,
    ...requestVariables({ key: 1_200, organization: 6_000, address: 3_000, webhook: 6_000 }),
    ...liveVariables,
    ...graphqlVariables('closed'),
    // Spans are billed by the piece: a tenth of the executions shows what there is to see.
    ...telemetryVariables(0.1),
    ...endpoints,
  })
  .refine(
    (config) =>
      config.GOOGLE_CLOUD_PROJECT.startsWith('demo-') ||
      (Object.keys(endpoints) as (keyof typeof endpoints)[]).every((name) => config[name] === undefined),
    'emulators and loopback servers are for projects whose id begins with demo-, because they let anybody in: unset their variables',
  );
export type CloudConfig = Readonly<z.infer<typeof CloudConfig>>;

export function readCloudConfig(environment: Readonly<Record<string, string | undefined>> = process.env): CloudConfig {
  return readVariables(CloudConfig, environment);
}
