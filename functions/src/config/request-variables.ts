/** Who may ask how often, and from where in a browser. */
import { z } from 'zod';
import { count, list } from './variable-kinds.ts';

/** `https://console.example`: scheme, host and port, nothing more. `*` is none: whoever may read answers is named. */
const origins = list.refine((values) => values.every(isOrigin), 'has only origins such as https://console.example');

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Requests a minute, counted by each process for itself; 0 = no limit. */
const rate = count(0, 10_000_000);

export const requestVariables = (rates: { key: number; organization: number; address: number; webhook: number }) => ({
  AUTOMATEOS_CORS_ORIGINS: origins.default([]),
  AUTOMATEOS_RATE_LIMIT_KEY: rate.default(rates.key),
  AUTOMATEOS_RATE_LIMIT_ORGANIZATION: rate.default(rates.organization),
  AUTOMATEOS_RATE_LIMIT_ADDRESS: rate.default(rates.address),
  AUTOMATEOS_RATE_LIMIT_WEBHOOK: rate.default(rates.webhook),
});

const variables = z.object(requestVariables({ key: 0, organization: 0, address: 0, webhook: 0 }));

export function ratesOf(config: z.infer<typeof variables>) {
  return {
    key: config.AUTOMATEOS_RATE_LIMIT_KEY,
    organization: config.AUTOMATEOS_RATE_LIMIT_ORGANIZATION,
    address: config.AUTOMATEOS_RATE_LIMIT_ADDRESS,
    webhook: config.AUTOMATEOS_RATE_LIMIT_WEBHOOK,
  };
}
