/**
 * Documents that the installation knows, by hash: `extensions.persistedQuery.sha256Hash`, or `documentId`, instead of `query`. Where nothing
 * else is allowed, a document that is sent out is refused unread.
 */
import { isJsonObject } from '@automateos/shared/model/json';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { GraphqlSettings } from './graphql-settings.ts';

const error = (message: string, code: string, status: number) => (): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status, spec: true } } });

const refusals = {
  notFound: error('There is no operation of this hash here.', 'PERSISTED_QUERY_NOT_FOUND', 404),
  persistedQueryOnly: error('Only operations that this installation knows are executed.', 'PERSISTED_QUERY_ONLY', 400),
  keyNotFound: error('Send the hash of an operation.', 'PERSISTED_QUERY_ONLY', 400),
};

export function onlyKnownOperations({ operations, onlyOperations }: GraphqlSettings): Plugin {
  return usePersistedOperations({
    getPersistedOperation: (hash) => operations.get(hash) ?? null,
    extractPersistedOperationId: hashOf,
    allowArbitraryOperations: !onlyOperations,
    customErrors: refusals,
  });
}

/** The same for transports that the plugin does not know. Throws GraphQLError. */
export function knownDocument({ operations, onlyOperations }: GraphqlSettings, params: Params): string {
  const hash = hashOf(params);
  if (hash === null && onlyOperations) throw refusals.persistedQueryOnly();
  const document = hash === null ? params.query : operations.get(hash);
  if (document === undefined) throw refusals.notFound();
  return document;
}

type Params = { readonly query?: string | undefined; readonly extensions?: GraphQLParams['extensions'] | null | undefined };

function hashOf(params: Params): string | null {
  const { documentId } = params as { readonly documentId?: unknown }; // let through by name, untyped
  const persisted: unknown = params.extensions?.persistedQuery;
  const hash = documentId ?? (isJsonObject(persisted) ? persisted.sha256Hash : undefined);
  return typeof hash === 'string' ? hash : null;
}
