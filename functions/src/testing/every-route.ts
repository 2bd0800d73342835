/** The API with every operation of its own OpenAPI document, for tests that ask the same of each. */
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { expect } from 'vitest';
import { type Answered, type ApiFixture, createApiFixture } from './api-fixture.ts';

export type Operation = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly hasBody: boolean;
  readonly yaml: boolean;
};

export type EveryRoute = {
  readonly api: ApiFixture;
  readonly operations: readonly Operation[];
  /** A workflow that is there. */
  readonly workflowId: string;
  /** A path with ids that are there, so that a request comes as far as it can. */
  address(path: string): string;
  /** Everything stored but what guards requests themselves. */
  stored(): string;
};

export async function createEveryRoute(): Promise<EveryRoute> {
  const api = await createApiFixture();
  const spec = await api.call('GET', '/openapi.json');
  const created = await api.call('POST', '/v1/workflows', { name: 'there', nodes: [{ id: 'start', type: 'trigger.manual' }] });
  const workflowId = String(created.body.id);
  const guards = (path: string) => path.includes('/idempotency/') || path.startsWith('sign-in-attempts/');
  return {
    ...{ api, workflowId, operations: operationsOf(spec.body) },
    address: (path) =>
      path
        .replace('{version}', '1')
        .replace(/\/workflows\/\{id\}/, `/workflows/${workflowId}`)
        .replace(/\{\w+\}/g, 'nothing_0'),
    stored: () => JSON.stringify(api.store.documents().filter(({ path }) => !guards(path))),
  };
}

export function operationsOf(spec: JsonObject): readonly Operation[] {
  const paths = isJsonObject(spec.paths) ? spec.paths : {};
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).map(([method, operation]) => {
      const { operationId, security, requestBody } = isJsonObject(operation) ? operation : {};
      const content = isJsonObject(requestBody) && isJsonObject(requestBody.content) ? requestBody.content : {};
      return {
        ...{ id: String(operationId), method: method.toUpperCase(), path },
        isPublic: Array.isArray(security) && security.length === 0,
        hasBody: requestBody !== undefined,
        yaml: 'application/yaml' in content,
      };
    }),
  );
}

export function expectProblem(answer: Answered, label: string): void {
  expect([label, answer.status >= 400 && answer.status < 500, answer.status]).toEqual([label, true, answer.status]);
  expect([label, answer.headers.get('content-type')]).toEqual([label, 'application/problem+json']);
  const { body } = answer;
  expect([label, typeof body.code, typeof body.title, typeof body.detail, body.status]).toEqual([
    label,
    'string',
    'string',
    'string',
    answer.status,
  ]);
  expect(body.requestId).toBe(answer.headers.get('x-request-id'));
}
