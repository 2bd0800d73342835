/**
 * The embedded server's configuration. One row per variable; a bad value stops the start with a
 * message that names the variable.
 */
import { z } from 'zod';
import { accountVariables } from './account-variables.ts';
import { graphqlVariables } from './graphql-variables.ts';
import { liveVariables } from './live-variables.ts';
import { requestVariables } from './request-variables.ts';
import { telemetryVariables } from './telemetry-variables.ts';
import { count, featureList, httpUrl, list, readVariables } from './variable-kinds.ts';

/** Variable -> validator of its text and what it is when unset. README.md's table says the same to people. */
const variables = {
  PORT: count(0, 65_535).default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  AUTOMATEOS_DATA_DIR: z.string().min(1).default('.automateos'),
  AUTOMATEOS_OWNER_EMAIL: z.email().optional(),
  AUTOMATEOS_OWNER_PASSWORD: z.string().min(8, 'has at least 8 characters').optional(),
  AUTOMATEOS_EGRESS_ALLOW: list.default([]),
  AUTOMATEOS_NODES_DIR: list.default([]),
  AUTOMATEOS_NODE_PACKAGES: list.default([]),
  AUTOMATEOS_STARTER: z.enum(['on', 'off']).default('on'),
  AUTOMATEOS_PUBLIC_URL: httpUrl.optional(),
  AUTOMATEOS_CONCURRENCY: count(1, 10_000).default(128),
  AUTOMATEOS_RETENTION_DAYS: count(0, 3_650).default(30),
  AUTOMATEOS_TRUSTED_PROXIES: count(0, 10).default(0),
  AUTOMATEOS_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  AUTOMATEOS_FEATURES: featureList.default([]),
  AUTOMATEOS_DRAIN_MS: count(0, 600_000).default(10_000),
  AUTOMATEOS_CREDENTIALS: z.string().optional(),
  AUTOMATEOS_CREDENTIALS_FILE: z.string().optional(),
  AUTOMATEOS_METRICS: z.enum(['local', 'open', 'off']).default('local'),
  AUTOMATEOS_METRICS_TOKEN: z.string().min(16, 'has at least 16 characters').optional(),
  ...accountVariables,
  ...requestVariables({ key: 0, organization: 0, address: 0, webhook: 0 }),
  ...liveVariables,
  ...graphqlVariables('auto'),
  ...telemetryVariables(1),
} as const;

export const EmbeddedConfig = z.object(variables);
export type EmbeddedConfig = Readonly<z.infer<typeof EmbeddedConfig>>;

export function readEmbeddedConfig(environment: Readonly<Record<string, string | undefined>> = process.env): EmbeddedConfig {
  return readVariables(EmbeddedConfig, environment);
}
