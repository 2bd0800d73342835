/** GraphiQL with our examples, and a line above it that says as whom one asks, and why there is no schema where there is none. */
import { GraphiQL } from 'graphiql';
import { useMemo, useState, useSyncExternalStore } from 'react';
import type { SessionStore } from '../lib/session.ts';
import { createFetcher } from './ask-graphql.ts';
import { examples } from './examples.ts';
import { WhenEditorsAreThere } from './when-editors-are-there.tsx';

const headersHint = '{ "authorization": "Bearer aos_...", "x-organization-id": "org_..." }';

export function Explorer({ session }: { readonly session: SessionStore }) {
  const current = useSyncExternalStore(session.subscribe, session.get);
  const [schemaFault, setSchemaFault] = useState<string | null>(null);
  const fetcher = useMemo(
    () =>
      createFetcher(session, ({ operationName }, { errors, data }) => {
        if (operationName === 'IntrospectionQuery') setSchemaFault(data == null ? String(errors?.[0]?.extensions?.code) : null);
      }),
    [session],
  );

  return (
    <>
      <p className="caller" role="status">
        {current === null ? (
          <>
            Not signed in. <a href="/">Sign in to the console</a> in this browser, or put a key under <b>Headers</b>:{' '}
            <code>{headersHint}</code>
          </>
        ) : (
          <>
            Asking as {current.user.email}
            {current.organization.name === undefined ? '' : ` in ${current.organization.name}`}. What stands under <b>Headers</b>{' '}
            goes first: <code>{headersHint}</code>
          </>
        )}
        {schemaFault !== null && <strong> {schemaSays(schemaFault)}</strong>}
      </p>
      {/* a sign-in or sign-out in another tab asks for the schema anew */}
      <WhenEditorsAreThere key={current?.token ?? 'nobody'}>
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={examples.map((one) => ({ ...one, headers: '' }))}
          defaultEditorToolsVisibility={current === null ? 'headers' : 'variables'}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
        >
          <GraphiQL.Logo>AutomateOS</GraphiQL.Logo>
        </GraphiQL>
      </WhenEditorsAreThere>
    </>
  );
}

function schemaSays(code: string): string {
  switch (code) {
    case 'UNAUTHENTICATED':
      return 'The schema is shown to those who are signed in: then reload it with the arrow on the left.';
    case 'GRAPHQL_VALIDATION_FAILED':
      return 'Introspection is off on this server (AUTOMATEOS_GRAPHQL=open turns it on): operations run, without completion and documentation.';
    default:
      return `The schema could not be read (${code}).`;
  }
}
