/** Credentials: written, named, never shown. */
import { z } from 'zod';
import { AllowedHosts } from '../../app/credentials/allowed-hosts.ts';
import type { Credential } from '../../app/credentials/credential.ts';
import { credentialTypesOf } from '../../app/credentials/credential-types.ts';
import { getCredential, listCredentials } from '../../app/credentials/list-credentials.ts';
import { rotateKeys } from '../../app/credentials/rotate-keys.ts';
import { createCredential, deleteCredential, putCredential } from '../../app/credentials/save-credential.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, contentEtag, ifMatchContent, unchanged } from '../http/etag.ts';
import { plainText } from '../http/plain-text.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Credentials';

const CredentialView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    fields: z.array(z.string()).describe('What it holds, by name'),
    allowedHosts: z.array(z.string()).describe('Where it may be sent; empty = wherever its kind may'),
    source: z.literal('environment').optional().describe("From the server's environment: read-only here"),
    authorization: z
      .enum(['none', 'authorized', 'expired'])
      .optional()
      .describe('Of kinds that a person authorizes: expired = the service renews its tokens no more'),
    createdAt: z.string(),
    createdBy: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Credential' });

export const CredentialKind = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/, 'has lower-case letters, digits and -')
  .describe('http-header {name, value}, http-basic {user, password}, http-bearer {token}, ...: see GET /v1/credential-types');

export const CredentialFields = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'is a field name'), z.string().max(16_384))
  .refine((fields) => Object.keys(fields).length <= 50, 'has at most 50 fields')
  .describe('Write-only');

const RotationView = z
  .object({
    documents: z.int(),
    resealed: z.int(),
    unreadable: z.int().describe('Could not be opened before either, and are as they were'),
    forgottenKeys: z.int(),
    olderKeys: z.int(),
    forgetAfter: z.string().nullable().describe('From when on a further call forgets the older keys'),
  })
  .meta({ id: 'KeyRotation' });

export function presentCredential(app: RestContext['app'], credential: Credential): z.infer<typeof CredentialView> {
  const { id, name, kind: of, fields, allowedHosts = [], source, grant, createdAt, createdBy, updatedAt } = credential;
  const asksPerson = credentialTypesOf(app.nodeTypes).get(of)?.grant === 'authorization-code';
  const authorization = asksPerson ? { authorization: grant?.status ?? ('none' as const) } : {};
  const from = source === undefined ? {} : { source };
  return { id, name, kind: of, fields, allowedHosts, ...from, ...authorization, createdAt, createdBy, updatedAt };
}

function answerCredential(view: z.infer<typeof CredentialView>): Answer {
  return { status: 200, headers: { etag: contentEtag(view) }, body: view };
}

export function credentialRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/credentials', tag, access: 'credentials.write', summary: 'Store a credential' },
      body: z.strictObject({
        name: plainText(100),
        kind: CredentialKind,
        data: CredentialFields,
        allowedHosts: AllowedHosts.optional(),
      }),
      answers: { 201: { description: 'Stored', schema: CredentialView } },
      problems: ['CONFLICT'],
      handle: async ({ principal, body }) => ({
        status: 201,
        body: presentCredential(app, await createCredential(app, principal, body)),
      }),
    }),
    route({
      ...{ method: 'get', path: '/v1/credentials', tag, access: 'credentials.read', summary: 'List credentials by name' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(CredentialView) } },
      handle: async ({ principal, query }) => {
        const read = (page: Parameters<typeof listCredentials>[2]) => listCredentials(app, principal, page);
        return {
          status: 200,
          body: await answerPage(cursors, query, [principal.org, 'credentials'], read, (one) => presentCredential(app, one)),
        };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/credentials/{id}', tag, access: 'credentials.read', summary: 'What a credential is for' },
      params: idParams,
      headers: unchanged,
      answers: {
        200: { description: 'Everything but its values', schema: CredentialView },
        304: { description: 'As you have it already' },
      },
      handle: async ({ principal, params }) =>
        answerCredential(presentCredential(app, await getCredential(app, principal, params.id))),
    }),
    route({
      ...{
        method: 'put',
        path: '/v1/credentials/{id}',
        tag,
        access: 'credentials.write',
        summary: 'Rename, or replace the values',
      },
      params: idParams,
      body: z.strictObject({
        name: plainText(100).optional(),
        data: CredentialFields.optional(),
        allowedHosts: AllowedHosts.optional(),
      }),
      headers: conditional,
      answers: { 200: { description: 'Changed', schema: CredentialView } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        const expected = ifMatchContent<Credential>(request.header('if-match'), (one) => presentCredential(app, one));
        return answerCredential(
          presentCredential(app, await putCredential(app, principal, { id: params.id, ...body, expected })),
        );
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/admin/rotate-keys', tag: 'Administration', access: 'keys.rotate' },
      summary: 'Give the organization a new data key and seal its secrets anew',
      description:
        'Older keys stay for ten minutes, for writes that are under way: a later call with renew false forgets them. A rotation that was cut off is finished by the next call.',
      body: z.strictObject({ renew: z.boolean().default(true).describe('false: only finishes what was started') }),
      bodyOptional: true,
      answers: { 200: { description: 'What was done, and what is left', schema: RotationView } },
      problems: ['NOT_SUPPORTED_HERE'],
      handle: async ({ principal, body }) => ({ status: 200, body: await rotateKeys(app, principal, body) }),
    }),
    route({
      ...{ method: 'delete', path: '/v1/credentials/{id}', tag, access: 'credentials.write', summary: 'Delete a credential' },
      description: 'One that workflows refer to stays, unless force is sent.',
      params: idParams,
      query: z.strictObject({ force: z.enum(['true', 'false']).optional().describe('Also while workflows refer to it') }),
      headers: conditional,
      answers: { 204: { description: 'Deleted' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, query, request }) => {
        const expected = ifMatchContent<Credential>(request.header('if-match'), (one) => presentCredential(app, one));
        await deleteCredential(app, principal, params.id, { force: query.force === 'true', expected });
        return { status: 204 };
      },
    }),
  ];
}
