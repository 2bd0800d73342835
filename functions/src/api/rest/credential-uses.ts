/** Which kinds of credentials there are, whether one works, and who uses it. */
import type { CredentialType } from '@automateos/shared/model/credential-type';
import { z } from 'zod';
import { AllowedHosts } from '../../app/credentials/allowed-hosts.ts';
import { credentialTypesOf } from '../../app/credentials/credential-types.ts';
import { testCredential, testUnsavedCredential } from '../../app/credentials/test-credential.ts';
import { credentialUsedBy } from '../../app/credentials/used-by.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import { CredentialFields, CredentialKind } from './credentials.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Credentials';

const CredentialTypeView = z
  .object({
    ...{ kind: z.string(), title: z.string(), description: z.string() },
    data: z.record(z.string(), z.unknown()).describe('JSON Schema of its fields'),
    secretFields: z.array(z.string()),
    hosts: z.array(z.string()).describe('Where it may be sent unless the credential says otherwise; empty = anywhere'),
    inRequests: z.boolean().describe('Whether http.request can use it'),
    grant: z.enum(['authorization-code', 'client-credentials', 'service-account']).nullable(),
    test: z.object({ method: z.string(), url: z.string() }).nullable().describe('How it is tried; null = with a url of yours'),
  })
  .meta({ id: 'CredentialType' });

const Verdict = z.object({ ok: z.boolean(), detail: z.string() }).meta({ id: 'CredentialVerdict' });

const UsesView = z
  .object({
    items: z.array(
      z.object({
        ...{ workflowId: z.string(), name: z.string(), version: z.int(), active: z.boolean() },
        nodes: z.array(z.string()).describe('Ids of the nodes that name it'),
      }),
    ),
    truncated: z.boolean().describe('There are more workflows than were looked at'),
  })
  .meta({ id: 'CredentialUses' });

const url = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .optional()
  .describe('A GET of this address is sent with the credential, in place of the request of its kind');

export function presentCredentialType({
  kind,
  title,
  description,
  data,
  secretFields,
  request,
  hosts,
  grant,
  test,
}: CredentialType) {
  return {
    ...{ kind, title, description },
    data: { ...z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' }) },
    secretFields: [...secretFields],
    hosts: [...hosts],
    inRequests: request.length > 0,
    grant: grant ?? null,
    test: test === undefined ? null : { method: test.method, url: test.url },
  };
}

export function credentialUseRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/credential-types', tag, access: 'signed-in', summary: 'List kinds of credentials' },
      answers: { 200: { description: 'All of them, by kind', schema: z.object({ items: z.array(CredentialTypeView) }) } },
      handle: async () => {
        const types = [...credentialTypesOf(app.nodeTypes).values()].toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
        return { status: 200, body: { items: types.map(presentCredentialType) } };
      },
    }),
    route({
      ...{ method: 'post', path: '/v1/credentials/test', tag, access: 'credentials.write' },
      summary: 'Try a credential before it is stored',
      body: z.strictObject({ kind: CredentialKind, data: CredentialFields, allowedHosts: AllowedHosts.optional(), url }),
      answers: { 200: { description: 'Whether it works; nothing is stored', schema: Verdict } },
      handle: async ({ principal, body }) => ({ status: 200, body: await testUnsavedCredential(app, principal, body) }),
    }),
    route({
      ...{ method: 'post', path: '/v1/credentials/{id}/test', tag, access: 'credentials.write', summary: 'Try a credential' },
      params: idParams,
      body: z.strictObject({ url }),
      bodyOptional: true,
      answers: { 200: { description: 'Whether it works', schema: Verdict } },
      handle: async ({ principal, params, body }) => {
        return { status: 200, body: await testCredential(app, principal, { id: params.id, url: body.url }) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/credentials/{id}/used-by', tag, access: 'credentials.read' },
      summary: 'Workflows whose newest or active version refers to it',
      params: idParams,
      answers: { 200: { description: 'By name of the workflow', schema: UsesView } },
      handle: async ({ principal, params }) => {
        const { items, truncated } = await credentialUsedBy(app, principal, params.id);
        return { status: 200, body: { items, truncated } };
      },
    }),
  ];
}
