/**
 * The OpenAPI 3.1 document, from the very schemas that validate. zod writes their JSON Schema (2020-12, which 3.1 shares); schemas with
 * an `id` in their metadata become components. A parameter's `docs` metadata stands for its text form (`limit` is an integer to people).
 */
import { type ErrorCode, errorCatalogue } from '@automateos/shared/model/error-catalogue';
import type { JsonObject } from '@automateos/shared/model/json';
import { isJsonObject } from '@automateos/shared/model/json';
import { DefinitionView } from '@automateos/shared/model/workflow-view';
import { ProblemDocument } from '../http/problem-response.ts';
import type { AnswerDoc, Route } from '../http/route.ts';
import { operationId } from './operation-id.ts';
import { type Components, schemaOf } from './schema-of.ts';
import { tagDescriptions } from './tag-descriptions.ts';

export type OpenApiInfo = { readonly title: string; readonly version: string; readonly description: string };

export function buildOpenApi(routes: readonly Route[], info: OpenApiInfo): JsonObject {
  const components: Components = {};
  const paths: Components = {};
  for (const route of routes) {
    const others = paths[route.path];
    paths[route.path] = { ...(isJsonObject(others) ? others : {}), [route.method]: operation(route, components) };
  }
  schemaOf(ProblemDocument, 'output', components);
  // definitions come in as any JSON, so that every problem of theirs is found at once: no route has their schema for its body
  schemaOf(DefinitionView, 'input', components);
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { bearer: [], organization: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name, description: tagDescriptions[name] ?? name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes,
    },
  };
}

const securitySchemes: JsonObject = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A session token or an API key (aos_...)' },
  organization: {
    ...{ type: 'apiKey', in: 'header', name: 'X-Organization-Id' },
    description: 'Which organization a member of several means; an API key belongs to one',
  },
};

function operation(route: Route, components: Components): JsonObject {
  const answers: Components = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    const schema = answer.schema === undefined ? null : schemaOf(answer.schema, 'output', components);
    const media = answer.media ?? 'application/json';
    const content =
      schema === null ? (answer.media === undefined ? {} : { content: { [media]: {} } }) : { content: { [media]: { schema } } };
    const headers = isTagged(route, answer, status) ? { headers: etagHeader } : {};
    answers[status] = { description: answer.description, ...headers, ...withOther(content, answer.alsoAs) };
  }
  for (const [status, codes] of problemsByStatus(route)) {
    // beside what the route answers itself: a page for people, say
    const own = answers[status];
    const content = isJsonObject(own) && isJsonObject(own.content) ? own.content : {};
    answers[status] = {
      description: codes.join(', '),
      ...(isJsonObject(own) ? own : {}),
      ...(status === '429'
        ? { headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } } }
        : {}),
      content: { ...content, 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  const body = bodyOf(route, components);
  return {
    operationId: operationId(route.method, route.path),
    tags: [route.tag],
    summary: route.summary,
    ...describe(route),
    ...(route.access === 'public' ? { security: [] } : {}),
    // docs/permissions.md says who has it
    'x-permission': route.access,
    parameters: [...parametersOf(route, 'path', components), ...parametersOf(route, 'query', components), ...headersOf(route)],
    ...(body === null ? {} : { requestBody: body }),
    responses: answers,
  };
}

const etagHeader: JsonObject = {
  ETag: { description: 'Of what is answered: for If-None-Match and If-Match', schema: { type: 'string' } },
};

function isTagged({ headers = {} }: Route, { schema }: AnswerDoc, status: string): boolean {
  return ('If-None-Match' in headers || 'If-Match' in headers) && (schema !== undefined || status === '304');
}

function withOther(content: { readonly content?: JsonObject }, media: string | undefined): { readonly content?: JsonObject } {
  return media === undefined ? content : { content: { ...content.content, [media]: {} } };
}

function describe({ description, deprecated }: Route): JsonObject {
  if (deprecated === undefined) return description === undefined ? {} : { description };
  const { since, sunset, instead } = deprecated;
  const gone = `Deprecated since ${since}, gone from ${sunset}.${instead === undefined ? '' : ` Use ${instead} instead.`}`;
  return { description: description === undefined ? gone : `${description} ${gone}`, deprecated: true };
}

function parametersOf(route: Route, place: 'path' | 'query', components: Components): readonly JsonObject[] {
  const schema = schemaOf(place === 'path' ? route.schemas.params : route.schemas.query, 'input', components);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = isJsonObject(property) ? property : {};
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function headersOf(route: Route): readonly JsonObject[] {
  const own = Object.entries(route.headers ?? {});
  const isOnce = route.method === 'post' && route.access !== 'public';
  const once = 'The same key and body answer the same, once done, for 7 days; another body with it is refused';
  return [...own, ...(isOnce ? [['Idempotency-Key', once] as const] : [])].map(([name, description]) => {
    return { name, in: 'header', required: false, description, schema: { type: 'string' } };
  });
}

function bodyOf(route: Route, components: Components): JsonObject | null {
  if (route.schemas.body === null) return null;
  const schema = schemaOf(route.schemas.body, 'input', components);
  const media = route.yaml ? ['application/json', 'application/yaml'] : ['application/json'];
  return { required: !route.bodyOptional, content: Object.fromEntries(media.map((type) => [type, { schema }])) };
}

/** What the pipeline itself can answer, and what the route adds, by status. */
function problemsByStatus(route: Route): ReadonlyMap<string, readonly ErrorCode[]> {
  const codes = new Set<ErrorCode>(['MALFORMED_REQUEST', ...(route.problems ?? [])]);
  if (route.access !== 'public') {
    // whoever names an organization that is not theirs finds nothing
    for (const code of ['UNAUTHENTICATED', 'FORBIDDEN', 'ORGANIZATION_REQUIRED', 'NOT_FOUND'] as const) codes.add(code);
  }
  if (route.path.includes('{')) codes.add('NOT_FOUND');
  codes.add('RATE_LIMITED').add('INTERNAL').add('UNAVAILABLE');
  if (route.schemas.body !== null) {
    for (const code of ['MALFORMED_BODY', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE', 'INVALID_PARAMS'] as const) codes.add(code);
  }
  if (route.method === 'post' && route.access !== 'public') codes.add('IDEMPOTENCY_MISMATCH').add('IDEMPOTENCY_BUSY');
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(errorCatalogue[code].status);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}
