import type { ReactNode } from 'react';
import { useRouteError } from 'react-router';
import { ErrorNotice } from '../ui/notices.tsx';

/** The last net: a page that could not be drawn or loaded. A new build on the server is the usual reason. */
export function RouteFault(): ReactNode {
  return (
    <main className="mx-auto flex max-w-160 flex-col gap-4 p-8">
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <ErrorNotice title="The console stopped here" error={useRouteError()} onRetry={() => window.location.reload()} />
      <p className="text-ink-2">
        Nothing on the server is affected. If the server was updated meanwhile, loading the page again is enough.
      </p>
    </main>
  );
}
