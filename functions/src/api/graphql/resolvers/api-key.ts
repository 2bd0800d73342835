/** Keys for machines. */
import { z } from 'zod';
import { createApiKey } from '../../../app/api-keys/create-api-key.ts';
import { deleteApiKey } from '../../../app/api-keys/delete-api-key.ts';
import { listApiKeys } from '../../../app/api-keys/list-api-keys.ts';
import { plainText } from '../../http/plain-text.ts';
import { connect } from '../connection.ts';
import type { ApiKeyResolvers, MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orRefused } from '../refusal.ts';

const Name = z.object({ name: plainText(100) });

export const apiKeyQueries: QueryResolvers = {
  apiKeys: (_, page, context) =>
    connect(context, page, {
      bind: ['api-keys'],
      read: (request) => listApiKeys(context.app, context.principal, request),
      present: (key) => key,
    }),
};

export const apiKeyMutations: MutationResolvers = {
  createApiKey: (_, { input: { name, ...rest } }, { app, principal }) =>
    orRefused(() => createApiKey(app, principal, { ...parseInput(Name, { name }), ...given(rest) })),
  revokeApiKey: (_, { id }, { app, principal }) =>
    orRefused(async () => {
      await deleteApiKey(app, principal, id);
      return { id };
    }),
};

/** The list knows it; a key that was just made has none. */
function lastUseOf(key: object): string | null {
  return 'lastUsedAt' in key && typeof key.lastUsedAt === 'string' ? key.lastUsedAt : null;
}

export const apiKeyFields: ApiKeyResolvers = {
  lastUsedAt: (key) => lastUseOf(key),
  kind: ({ kind }) => kind ?? 'personal',
  scopes: ({ scopes }) => scopes ?? null,
};
