/** Credentials: written, named, tried, never shown. */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import { AllowedHosts } from '../../../app/credentials/allowed-hosts.ts';
import type { CredentialData } from '../../../app/credentials/credential.ts';
import { credentialTypesOf } from '../../../app/credentials/credential-types.ts';
import { authorizeCredential } from '../../../app/credentials/grants/authorize-credential.ts';
import { getCredential, listCredentials } from '../../../app/credentials/list-credentials.ts';
import { createCredential, deleteCredential, putCredential } from '../../../app/credentials/save-credential.ts';
import { testCredential, testUnsavedCredential } from '../../../app/credentials/test-credential.ts';
import { credentialUsedBy } from '../../../app/credentials/used-by.ts';
import { plainText } from '../../http/plain-text.ts';
import { presentCredentialType } from '../../rest/credential-uses.ts';
import { CredentialFields, CredentialKind, presentCredential } from '../../rest/credentials.ts';
import { connect } from '../connection.ts';
import type {
  CredentialField,
  CredentialResolvers,
  CredentialUseResolvers,
  MutationResolvers,
  QueryResolvers,
} from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';
import { workflowOf } from './workflow.ts';

const NewCredential = z.object({
  name: plainText(100),
  kind: CredentialKind,
  data: CredentialFields,
  allowedHosts: AllowedHosts.optional(),
});
const ChangedCredential = NewCredential.omit({ kind: true }).partial();
const Url = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .optional();
const Unsaved = NewCredential.omit({ name: true }).extend({ url: Url });
const Test = z.object({ url: Url });

/** A list in GraphQL, because names of fields are no names of its types. */
function dataOf(fields: readonly CredentialField[]): CredentialData {
  const names = new Set(fields.map(({ name }) => name));
  if (names.size < fields.length || names.has('__proto__')) {
    throw new AppError('INVALID_PARAMS', { reason: 'data names a field more than once, or one that can be none.' });
  }
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

export const credentialQueries: QueryResolvers = {
  credential: (_, { id }, { app, principal }) => orNull(() => getCredential(app, principal, id)),
  credentials: (_, page, context) =>
    connect(context, page, {
      bind: ['credentials'],
      read: (request) => listCredentials(context.app, context.principal, request),
      present: (credential) => credential,
    }),
  credentialTypes: (_, __, { app }) =>
    [...credentialTypesOf(app.nodeTypes).values()].toSorted((a, b) => (a.kind < b.kind ? -1 : 1)).map(presentCredentialType),
};

export const credentialMutations: MutationResolvers = {
  createCredential: (_, { input: { data, ...input } }, { app, principal }) =>
    orRefused(async () => createCredential(app, principal, parseInput(NewCredential, { ...given(input), data: dataOf(data) }))),
  updateCredential: (_, { id, input: { data, ...input } }, { app, principal }) =>
    orRefused(async () => {
      const change = { ...given(input), ...(data == null ? {} : { data: dataOf(data) }) };
      return putCredential(app, principal, { id, ...parseInput(ChangedCredential, change) });
    }),
  deleteCredential: (_, { id, force }, { app, principal }) =>
    orRefused(async () => {
      await deleteCredential(app, principal, id, { force: force === true });
      return { id };
    }),
  testCredential: (_, { id, url }, { app, principal }) =>
    orRefused(async () => testCredential(app, principal, { id, ...parseInput(Test, given({ url })) })),
  testUnsavedCredential: (_, { input: { data, ...input } }, { app, principal }) =>
    orRefused(async () => testUnsavedCredential(app, principal, parseInput(Unsaved, { ...given(input), data: dataOf(data) }))),
  authorizeCredential: (_, { id }, { app, principal }) => orRefused(() => authorizeCredential(app, principal, id)),
};

/** Nothing but what REST shows of it: a credential has more than that. */
export const credentialFields: CredentialResolvers = {
  allowedHosts: ({ allowedHosts }) => allowedHosts ?? [],
  source: ({ source }) => source ?? null,
  authorization: (credential, _, { app }) => presentCredential(app, credential).authorization ?? null,
  usedBy: async ({ id }, _, { app, principal }) => {
    const { items, truncated } = await credentialUsedBy(app, principal, id);
    return { uses: items, truncated };
  },
};

export const credentialUseFields: CredentialUseResolvers = {
  workflow: ({ workflowId }, _, context) => workflowOf(context, workflowId),
};
