/** Credentials: written, named, never shown. */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';
import type { CredentialData } from '../../../app/credentials/credential.ts';
import { getCredential, listCredentials } from '../../../app/credentials/list-credentials.ts';
import { createCredential, deleteCredential, putCredential } from '../../../app/credentials/save-credential.ts';
import { plainText } from '../../http/plain-text.ts';
import { connect } from '../connection.ts';
import type { CredentialField, CredentialResolvers, MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';

const Name = z.object({ name: plainText(100) });
const Kind = z.object({
  kind: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9-]*$/, 'has lower-case letters, digits and -'),
});
const Fields = z
  .array(
    z.object({
      name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'is a field name'),
      value: z.string().max(16_384),
    }),
  )
  .max(50, 'has at most 50 fields');

function dataOf(fields: readonly CredentialField[]): CredentialData {
  const parsed = parseInput(Fields, fields);
  if (new Set(parsed.map(({ name }) => name)).size < parsed.length) {
    throw new AppError('INVALID_PARAMS', { reason: 'data names a field more than once.' });
  }
  return Object.fromEntries(parsed.map(({ name, value }) => [name, value]));
}

export const credentialQueries: QueryResolvers = {
  credential: (_, { id }, { app, principal }) => orNull(() => getCredential(app, principal, id)),
  credentials: (_, page, context) =>
    connect(context, page, {
      bind: ['credentials'],
      read: (request) => listCredentials(context.app, context.principal, request),
      present: (credential) => credential,
    }),
};

export const credentialMutations: MutationResolvers = {
  createCredential: (_, { input: { name, kind, data } }, { app, principal }) =>
    orRefused(async () => {
      const request = { ...parseInput(Name, { name }), ...parseInput(Kind, { kind }), data: dataOf(data) };
      return createCredential(app, principal, request);
    }),
  updateCredential: (_, { id, input: { name, data } }, { app, principal }) =>
    orRefused(async () =>
      putCredential(app, principal, {
        id,
        ...(name == null ? {} : parseInput(Name, { name })),
        ...(data == null ? {} : { data: dataOf(data) }),
      }),
    ),
  deleteCredential: (_, { id }, { app, principal }) =>
    orRefused(async () => {
      await deleteCredential(app, principal, id);
      return { id };
    }),
};

/** Nothing but what is listed leaves: a credential has more than it shows. */
export const credentialFields: CredentialResolvers = { fields: ({ fields }) => fields };
