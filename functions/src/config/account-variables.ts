/** How people come to have accounts, and what an organization may use. */
import { Quotas, quotaNames } from '@automateos/shared/model/quota';
import { z } from 'zod';
import { ConfigError, httpUrl, list } from './variable-kinds.ts';

const entry = new RegExp(`^(${quotaNames.join('|')})=\\d{1,15}$`);
const quotas = list.refine(
  (entries) => entries.every((one) => entry.test(one)),
  `has only name=number; names are ${quotaNames.join(', ')}`,
);

export const accountVariables = {
  AUTOMATEOS_REGISTRATION: z.enum(['closed', 'invited', 'open']).default('invited'),
  AUTOMATEOS_QUOTAS: quotas.default([]),
  AUTOMATEOS_ACCOUNT_MAIL_URL: httpUrl.optional(),
  AUTOMATEOS_ACCOUNT_MAIL_SECRET: z.string().min(16, 'has at least 16 characters').optional(),
};

const variables = z.object(accountVariables);

/** Throws ConfigError where mail would go out unsigned. */
export function accountSettingsOf(config: z.infer<typeof variables>) {
  const { AUTOMATEOS_ACCOUNT_MAIL_URL: url, AUTOMATEOS_ACCOUNT_MAIL_SECRET: secret } = config;
  if (url !== undefined && secret === undefined)
    throw new ConfigError('AUTOMATEOS_ACCOUNT_MAIL_URL needs AUTOMATEOS_ACCOUNT_MAIL_SECRET, which signs what is sent there');
  const limits = config.AUTOMATEOS_QUOTAS.map((one) => one.split('='));
  return {
    registration: config.AUTOMATEOS_REGISTRATION,
    quotas: Quotas.parse(Object.fromEntries(limits.map(([name, limit]) => [name, Number(limit)]))),
    mail: url === undefined || secret === undefined ? null : { url, secret },
  };
}
