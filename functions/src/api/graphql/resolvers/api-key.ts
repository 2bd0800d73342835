/** Keys for machines. */
import { createApiKey } from '../../../app/api-keys/create-api-key.ts';
import { deleteApiKey } from '../../../app/api-keys/delete-api-key.ts';
import { listApiKeys } from '../../../app/api-keys/list-api-keys.ts';
import { getApiKey } from '../../../app/api-keys/read-api-key.ts';
import { NewApiKey } from '../../rest/api-keys.ts';
import { connect } from '../connection.ts';
import type { ApiKeyResolvers, MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';

export const apiKeyQueries: QueryResolvers = {
  apiKey: (_, { id }, { app, principal }) => orNull(() => getApiKey(app, principal, id)),
  apiKeys: (_, page, context) =>
    connect(context, page, {
      bind: ['api-keys'],
      read: (request) => listApiKeys(context.app, context.principal, request),
      present: (key) => key,
    }),
};

export const apiKeyMutations: MutationResolvers = {
  createApiKey: (_, { input }, { app, principal }) =>
    orRefused(async () => createApiKey(app, principal, parseInput(NewApiKey, given(input)))),
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
