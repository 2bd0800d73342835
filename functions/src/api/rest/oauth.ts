/**
 * OAuth authorizations: where a person is sent, and where they come back to. The page that they then see is one of four fixed texts; nothing of
 * the request stands in it, and it leads nowhere.
 */
import { z } from 'zod';
import { authorizeCredential, type Finished, finishAuthorization } from '../../app/credentials/grants/authorize-credential.ts';
import { idParams } from '../http/query-params.ts';
import { publicRoute, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Credentials';

const pages: Readonly<Record<Finished, { readonly status: number; readonly title: string; readonly text: string }>> = {
  authorized: { status: 200, title: 'Authorized', text: 'The credential can be used now. You can close this window.' },
  denied: {
    status: 400,
    title: 'Not authorized',
    text: 'The service did not give its consent. Start again from the credential.',
  },
  unknown: {
    status: 400,
    title: 'Not authorized',
    text: 'This authorization is unknown, was used before, or has taken too long. Start again from the credential.',
  },
  failed: { status: 400, title: 'Not authorized', text: 'The service gave no token. The log of the server says more.' },
};

function page(finished: Finished): string {
  const { title, text } = pages[finished];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`;
}

const once = z.string().min(1).max(4_096);

export function oauthRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/credentials/{id}/authorize', tag, access: 'credentials.write' },
      summary: 'Start an OAuth authorization',
      description: 'Open the address in a browser within ten minutes. It is good for one authorization.',
      params: idParams,
      answers: {
        200: {
          description: 'Where to go',
          schema: z.object({ url: z.string(), expiresAt: z.string() }).meta({ id: 'Authorization' }),
        },
      },
      handle: async ({ principal, params }) => ({ status: 200, body: await authorizeCredential(app, principal, params.id) }),
    }),
    publicRoute({
      ...{ method: 'get', path: '/v1/oauth/callback', tag, summary: 'Where an authorization server sends people back to' },
      query: z.object({
        state: once.describe('As it was sent along'),
        code: once.optional().describe('What tokens are fetched with'),
        error: once.optional().describe('Why there is no code'),
      }),
      answers: {
        200: { description: 'A page for people', media: 'text/html' },
        400: { description: 'A page that says that nothing came of it', media: 'text/html' },
      },
      handle: async ({ query }) => {
        const finished = await finishAuthorization(app, query);
        const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
        return { status: pages[finished].status, headers, text: page(finished) };
      },
    }),
  ];
}
