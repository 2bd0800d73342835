/** What a request says of its host reaches no link, ticket or address that somebody else will open: those begin with the operator's setting. */
import { isJsonObject } from '@automateos/shared/model/json';
import { beforeAll, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture, readAnswer } from '../api-fixture.ts';

let api: ApiFixture;

beforeAll(async () => {
  api = await createApiFixture();
});

const forged = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-original-host': 'evil.example',
  forwarded: 'host=evil.example;proto=https',
  'x-forwarded-prefix': '/evil.example',
  'x-original-url': '/evil.example',
  origin: 'https://evil.example',
  referer: 'https://evil.example/',
};

/** As the owner, by way of another name of this host. */
async function ask(method: string, path: string, body?: unknown) {
  const headers = new Headers({ ...forged, authorization: `Bearer ${api.token}`, 'content-type': 'application/json' });
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return readAnswer(await api.api.fetch(new Request(`https://evil.example${path}`, init), { clientAddress: '192.0.2.1' }));
}

test('links, tickets, callbacks and redirects name the host of the operator', async () => {
  const oauth = {
    name: 'consent',
    kind: 'oauth2-authorization-code',
    data: { authorizationUrl: 'https://id.example/auth', tokenUrl: 'https://id.example/token', clientId: 'client' },
  };
  const { body: credential } = await ask('POST', '/v1/credentials', oauth);
  const asks = { title: 'Send it?', description: '{{ execution.callbackUrl("wait") }}' };
  const nodes = [
    { id: 'start', type: 'trigger.manual' },
    { id: 'wait', type: 'flow.callback' },
    { id: 'ask', type: 'flow.approval', params: asks },
  ];
  const edges = ['wait', 'ask'].map((to) => ({ from: 'start', to }));
  const { body: workflow } = await ask('POST', '/v1/workflows', { name: 'links', nodes, edges });
  await ask('POST', `/v1/workflows/${String(workflow.id)}/executions`, {});
  const answers = [
    await ask('POST', '/v1/invitations', { email: 'bob@example.test', role: 'viewer' }),
    await ask('POST', '/v1/admin/password-reset-links', { email: api.owner.email }),
    await ask('POST', '/v1/live/ticket'),
    await ask('POST', `/v1/credentials/${String(credential.id)}/authorize`),
    await ask('GET', '/v1/approvals'),
    await ask('GET', '/v1/executions'),
    await ask('GET', '/v1/oauth/callback?state=x&error=access_denied&redirect_uri=https://evil.example'),
  ];
  for (const { status, text, headers } of answers) {
    expect([status < 500, text]).toEqual([true, expect.not.stringMatching(/evil\.example/)]);
    for (const [name, value] of headers) expect([name, value]).toEqual([name, expect.not.stringMatching(/evil\.example/)]);
  }
  const own = api.app.settings.publicUrl;
  const [invitation, reset, ticket, consent, approvals] = answers.map(({ body }) => body);
  expect(String(invitation?.link)).toMatch(new RegExp(`^${own}/join#`));
  expect(String(reset?.url)).toMatch(new RegExp(`^${own}/reset-password#`));
  expect(String(ticket?.url)).toBe(`${own.replace(/^http/, 'ws')}/v1/live`);
  expect(new URL(String(consent?.url)).searchParams.get('redirect_uri')).toBe(`${own}/v1/oauth/callback`);
  const [approval] = Array.isArray(approvals?.items) ? approvals.items : [];
  expect(isJsonObject(approval) && String(approval.description)).toMatch(new RegExp(`^${own}/v1/callbacks/`));
});
