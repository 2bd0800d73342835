/**
 * graphql-yoga over the use cases. Callers are known before a request comes here and their bodies are bounded; here documents are parsed
 * within limits, validated, priced and executed, and errors are made public. The same pipeline serves HTTP, SSE and WebSocket.
 */
import { NoSchemaIntrospectionCustomRule, parse } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { finishResults } from './finish-results.ts';
import { createGraphqlContext, type GraphqlCaller, type GraphqlContext } from './graphql-context.ts';
import { createGraphqlSchema } from './graphql-schema.ts';
import type { GraphqlSettings } from './graphql-settings.ts';
import { onlyKnownOperations } from './known-operations.ts';
import { costRefusal } from './limits/query-cost.ts';
import { checkShape, queryLimits, refusal } from './limits/query-shape.ts';
import { publicError } from './public-error.ts';

/** Documents that are kept parsed and validated, in characters: clients send the same few again and again. */
const cachedCharacters = 4 * 1024 * 1024;

export type GraphqlServer = ReturnType<typeof createGraphqlServer>;

type ServerContext = { readonly caller: GraphqlCaller };

export function createGraphqlServer(settings: GraphqlSettings) {
  const schema = createGraphqlSchema();
  return createYoga<ServerContext, GraphqlContext>({
    schema,
    context: ({ caller }) => createGraphqlContext(caller),
    graphqlEndpoint: '/graphql',
    // all of it is ours to answer: other origins, pages, health, logs
    ...{ cors: false, graphiql: false, landingPage: false, logging: false, multipart: false, batching: false },
    maxRequestBodySize: false,
    extraParamNames: ['documentId'],
    maskedErrors: { maskError: publicError, errorMessage: '' },
    fetchAPI: { Request, Response, Headers, ReadableStream },
    parserAndValidationCache: { documentCache: boundedCache(), errorCache: boundedCache(1), validationCache: true },
    plugins: [
      onlyKnownOperations(settings),
      limitDocuments,
      ...(settings.open ? [] : [hideSchema]),
      limitCost,
      finishResults<ServerContext>(({ caller }) => ({
        requestId: caller.requestId,
        logger: caller.app.logger,
        suggestions: settings.open,
      })),
    ],
  });
}

/** By length of the document, so that long ones do not fill the memory. */
function boundedCache<T extends object>(max = 1_000) {
  const cache = new LRUCache<string, T>({ max, maxSize: cachedCharacters, sizeCalculation: (_, key) => Math.max(1, key.length) });
  return { get: (key: string) => cache.get(key), set: (key: string, value: T) => void cache.set(key, value) };
}

const limitDocuments: Plugin = {
  onParse({ params, setParseFn }) {
    if (String(params.source).length > queryLimits.characters) {
      throw refusal(`A query has at most ${queryLimits.characters} characters.`);
    }
    setParseFn((source, options) => {
      const document = parse(source, { ...options, maxTokens: queryLimits.tokens });
      checkShape(document);
      return document;
    });
  },
};

/** A rule of its own, because yoga's plugin for this knows requests only: what comes by WebSocket would get by it. */
const hideSchema: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};

const limitCost: Plugin = {
  onExecute: ({ args, setResultAndStopExecution }) => {
    const refused = costRefusal(costed(args));
    if (refused !== null) setResultAndStopExecution({ errors: [refused] });
  },
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    const refused = costRefusal(costed(args));
    if (refused !== null) setResultAndStopExecution({ errors: [refused] });
  },
};

type Executed = Parameters<NonNullable<Plugin['onExecute']>>[0]['args'];

function costed({ schema, document, variableValues, operationName }: Executed) {
  return { schema, document, variables: variableValues ?? {}, operationName: operationName ?? undefined };
}
