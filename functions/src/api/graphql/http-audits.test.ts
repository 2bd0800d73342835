import { serverAudits } from 'graphql-http';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraphqlFixture, type GraphqlFixture } from '../../testing/graphql-fixture.ts';

let api: GraphqlFixture;

beforeAll(async () => {
  api = await createGraphqlFixture();
});

/** Asks as the owner. */
const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${api.token}`);
  return api.api.fetch(new Request(url, { ...init, headers }));
};

describe('GraphQL over HTTP, as the audits of graphql-http have it', () => {
  for (const audit of serverAudits({ url: 'http://127.0.0.1/graphql', fetchFn })) {
    test(audit.name, async () => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    });
  }
});
