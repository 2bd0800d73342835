/** Keys for machines. */
import type { ApiKey } from '@automateos/shared/model/account';
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { createApiKey } from '../../app/api-keys/create-api-key.ts';
import { deleteApiKey } from '../../app/api-keys/delete-api-key.ts';
import { listApiKeys } from '../../app/api-keys/list-api-keys.ts';
import { getApiKey } from '../../app/api-keys/read-api-key.ts';
import { answerPage } from '../http/cursor.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { plainText } from '../http/plain-text.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'API keys';

const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: Role,
    hint: z.string().describe('How the key begins'),
    createdAt: z.string(),
    createdBy: z.string(),
    expiresAt: z.string().nullable(),
    scopes: z.array(z.string()).nullable().describe('Actions it is limited to; null = all that its role may'),
    kind: z.enum(['personal', 'service']).describe('personal: worth what its maker is; service: the organization’s own'),
    lastUsedAt: z.string().nullable().describe('To the hour'),
  })
  .meta({ id: 'ApiKey' });

const NewApiKeyView = ApiKeyView.extend({ key: z.string().describe('Shown this once') }).meta({ id: 'NewApiKey' });

function present(key: ApiKey & { readonly lastUsedAt?: string | null }): z.infer<typeof ApiKeyView> {
  const { id, name, role, hint, createdAt, createdBy, expiresAt, scopes = null, kind = 'personal', lastUsedAt = null } = key;
  return { id, name, role, hint, createdAt, createdBy, expiresAt, scopes, kind, lastUsedAt };
}

export const NewApiKey = z.strictObject({
  name: plainText(100),
  role: Role.optional().describe('At most your own, which it is when absent'),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
  scopes: z.array(z.string().min(1).max(64)).min(1).max(100).optional().describe('Actions (docs/permissions.md)'),
  kind: z.enum(['personal', 'service']).optional().describe('service: it stays when its maker leaves'),
});

/** When it was last used changes by itself: writers are held to the key alone. */
function asMade(key: ApiKey): object {
  const { lastUsedAt: _, ...made } = present(key);
  return made;
}

export function apiKeyRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/api-keys', tag, access: 'api-keys.manage', summary: 'Make a key' },
      body: NewApiKey,
      secretAnswer: true,
      answers: { 201: { description: 'The key, shown this once', schema: NewApiKeyView } },
      problems: ['QUOTA_REACHED'],
      handle: async ({ principal, body }) => {
        const { apiKey, key } = await createApiKey(app, principal, body);
        return { status: 201, body: { ...present(apiKey), key } };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/api-keys', tag, access: 'api-keys.manage', summary: 'List keys, newest first' },
      query: z.strictObject(pageParams),
      answers: { 200: { description: 'A page', schema: pageOf(ApiKeyView) } },
      handle: async ({ principal, query }) => {
        const bind = [principal.org, 'api-keys'];
        return {
          status: 200,
          body: await answerPage(cursors, query, bind, (page) => listApiKeys(app, principal, page), present),
        };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/api-keys/{id}', tag, access: 'api-keys.manage', summary: 'What a key is for' },
      params: idParams,
      headers: unchanged,
      answers: { 200: { description: 'Everything but the key itself', schema: ApiKeyView }, ...unchangedAnswer },
      handle: async ({ principal, params }) => {
        const key = await getApiKey(app, principal, params.id);
        const etag = contentEtag(asMade(key), [key.lastUsedAt]);
        return { status: 200, headers: { etag }, body: present(key) };
      },
    }),
    route({
      ...{ method: 'delete', path: '/v1/api-keys/{id}', tag, access: 'api-keys.manage', summary: 'Revoke a key' },
      params: idParams,
      headers: conditional,
      answers: { 204: { description: 'The key no longer works' } },
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, request }) => {
        await deleteApiKey(app, principal, params.id, ifMatchContent(request.header('if-match'), asMade));
        return { status: 204 };
      },
    }),
  ];
}
