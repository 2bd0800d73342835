/** The kinds of credentials that every installation has. Node types bring further ones in their manifests. */
import { z } from 'zod';
import type { CredentialType } from './credential-type.ts';

const text = (most: number) => z.string().min(1, 'must not be empty').max(most);
const secret = text(16_384);
const address = z.url({ protocol: /^https?$/, error: 'is an http or https address' }).max(2_048);
const scopes = z
  .string()
  .max(4_096)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'has scopes with single spaces between them');
const clientAuth = z
  .enum(['basic', 'post', 'none'])
  .describe('How the client proves itself at the token address: basic (the default with a secret), post, none');
const bearer = (field: string) => ({ in: 'header', name: 'authorization', value: `Bearer {${field}}` }) as const;

const http: readonly CredentialType[] = [
  {
    ...{ kind: 'http-header', title: 'HTTP header', description: 'One header with a secret value.' },
    data: z.strictObject({ name: text(128), value: secret }),
    ...{ secretFields: ['value'], request: [{ in: 'header', name: '{name}', value: '{value}' }], hosts: [] },
  },
  {
    ...{ kind: 'http-basic', title: 'User and password', description: 'HTTP basic authentication.' },
    data: z.strictObject({ user: text(1_024), password: secret }),
    ...{ secretFields: ['password'], request: [{ in: 'basic', user: '{user}', password: '{password}' }], hosts: [] },
  },
  {
    ...{ kind: 'http-bearer', title: 'Bearer token', description: 'A token that is sent as it is.' },
    data: z.strictObject({ token: secret }),
    ...{ secretFields: ['token'], request: [bearer('token')], hosts: [] },
  },
  {
    ...{ kind: 'api-key', title: 'API key', description: 'A key in a header or in the query of every request.' },
    data: z.strictObject({ in: z.enum(['header', 'query']), name: text(128), value: secret }),
    secretFields: ['value'],
    request: (['header', 'query'] as const).map((place) => ({
      ...{ in: place, name: '{name}', value: '{value}', when: { field: 'in', is: place } },
    })),
    hosts: [],
  },
];

const oauth: readonly CredentialType[] = [
  {
    kind: 'oauth2-authorization-code',
    title: 'OAuth 2.0, signed in by a person',
    description:
      'Authorization code with PKCE: store it, then open the address that authorize answers. Tokens are renewed by themselves.',
    data: z.strictObject({
      authorizationUrl: address,
      tokenUrl: address,
      clientId: text(1_024),
      clientSecret: secret.optional(),
      scopes: scopes.optional(),
      audience: text(2_048).optional(),
      clientAuth: clientAuth.optional(),
      prompt: z.enum(['none', 'login', 'consent', 'select_account']).optional(),
      accessType: z.enum(['online', 'offline']).optional().describe('offline: Google gives a refresh token only then'),
    }),
    ...{ secretFields: ['clientSecret'], request: [bearer('accessToken')], hosts: [], grant: 'authorization-code' },
  },
  {
    kind: 'oauth2-client-credentials',
    title: 'OAuth 2.0, client credentials',
    description: 'The client itself is let in; tokens are fetched when needed and kept while they are valid.',
    data: z.strictObject({
      tokenUrl: address,
      clientId: text(1_024),
      clientSecret: secret,
      scopes: scopes.optional(),
      audience: text(2_048).optional(),
      clientAuth: clientAuth.optional(),
    }),
    ...{ secretFields: ['clientSecret'], request: [bearer('accessToken')], hosts: [], grant: 'client-credentials' },
  },
  {
    kind: 'google-service-account',
    title: 'Google service account',
    description: 'The JSON key of a service account; signed assertions are exchanged for tokens.',
    data: z.strictObject({ key: secret.describe('The key file, as text'), scopes, subject: text(1_024).optional() }),
    secretFields: ['key'],
    request: [bearer('accessToken')],
    hosts: ['*.googleapis.com'],
    grant: 'service-account',
  },
];

const services: readonly CredentialType[] = [
  {
    ...{ kind: 'slack', title: 'Slack', description: "A bot's or a user's token (xoxb-..., xoxp-...)." },
    data: z.strictObject({ token: secret }),
    ...{ secretFields: ['token'], request: [bearer('token')], hosts: ['slack.com', '*.slack.com'] },
    test: { method: 'POST', url: 'https://slack.com/api/auth.test', trueField: 'ok' },
  },
  {
    ...{ kind: 'github', title: 'GitHub', description: 'A personal access token, or that of an app.' },
    data: z.strictObject({ token: secret }),
    ...{ secretFields: ['token'], request: [bearer('token')], hosts: ['api.github.com', 'uploads.github.com'] },
    test: { method: 'GET', url: 'https://api.github.com/user' },
  },
  {
    ...{
      kind: 'openai',
      title: 'OpenAI',
      description: 'An API key (sk-...), with organization and project where there are several.',
    },
    data: z.strictObject({ apiKey: secret, organization: text(256).optional(), project: text(256).optional() }),
    secretFields: ['apiKey'],
    request: [
      bearer('apiKey'),
      { in: 'header', name: 'openai-organization', value: '{organization}', optional: true },
      { in: 'header', name: 'openai-project', value: '{project}', optional: true },
    ],
    hosts: ['api.openai.com'],
    test: { method: 'GET', url: 'https://api.openai.com/v1/models' },
  },
];

const others: readonly CredentialType[] = [
  {
    ...{ kind: 'smtp', title: 'Mail server', description: 'Where and as whom mail is sent.' },
    data: z.strictObject({
      host: text(255),
      port: z.string().regex(/^([1-9]\d{0,4})$/, 'is a port number'),
      security: z.enum(['tls', 'starttls', 'none']),
      user: text(1_024).optional(),
      password: secret.optional(),
    }),
    ...{ secretFields: ['password'], request: [], hosts: [] },
  },
  {
    ...{ kind: 'webhook-secret', title: 'Webhook secret', description: 'What a webhook that comes in is checked with.' },
    data: z.strictObject({ secret }),
    ...{ secretFields: ['secret'], request: [], hosts: [] },
  },
];

export const builtInCredentialTypes: readonly CredentialType[] = [...http, ...oauth, ...services, ...others];

/** Kinds that become parts of an HTTP request: what a node type that calls any service takes. */
export const httpCredentialKinds: readonly string[] = builtInCredentialTypes
  .filter(({ request }) => request.length > 0)
  .map(({ kind }) => kind);
