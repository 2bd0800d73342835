/** The API over the test app, asked in GraphQL. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { ApiOptions } from '../api/create-api.ts';
import type { App } from '../app/app-context.ts';
import { type Answered, type ApiFixture, createApiFixture } from './api-fixture.ts';

export type GraphqlAnswer = Answered & {
  /** `{}` where there is none. */
  readonly data: JsonObject;
  readonly errors: readonly JsonObject[];
};

export type GraphqlFixture = ApiFixture & {
  /** As the owner, unless headers say otherwise. */
  ask(query: string, variables?: JsonObject, headers?: Readonly<Record<string, string | null>>): Promise<GraphqlAnswer>;
};

export async function createGraphqlFixture(
  changes: Partial<App> = {},
  options: Pick<ApiOptions, 'graphql'> = {},
): Promise<GraphqlFixture> {
  const api = await createApiFixture(changes, options);
  return {
    ...api,
    async ask(query, variables = {}, headers = {}) {
      const answer = await api.call('POST', '/graphql', { query, variables }, headers);
      return { ...answer, ...partsOf(answer.body) };
    },
  };
}

export function partsOf({ data, errors }: JsonObject): Pick<GraphqlAnswer, 'data' | 'errors'> {
  const list: readonly JsonValue[] = Array.isArray(errors) ? errors : [];
  return { data: isJsonObject(data) ? data : {}, errors: list.filter(isJsonObject) };
}
