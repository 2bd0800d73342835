/** Starts the console: theme before the first paint, then services and routes. */
import './styles/index.css';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { createConsoleRouter } from './app/router.tsx';
import { createApiClient } from './lib/api-client.ts';
import { createArrivalSecret } from './lib/arrival-secret.ts';
import { ConsoleProvider } from './lib/console-context.tsx';
import { ApiError, asFailure } from './lib/problem-error.ts';
import { keys } from './lib/queries.ts';
import { createSessionStore, scopeOf } from './lib/session.ts';
import { applyTheme, followSystemTheme } from './lib/theme.ts';
import { ToastHost } from './ui/toasts.tsx';

applyTheme();
followSystemTheme();

// before the router reads the address
const arrival = createArrivalSecret(window);
const session = createSessionStore({ browser: window.localStorage, tab: window.sessionStorage, events: window });
const services = { api: createApiClient(session), session, arrival };
const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // who was removed meanwhile finds nothing any more: see what they are a member of now
      if (asFailure(error).status === 404) void queries.invalidateQueries({ queryKey: keys.memberships });
    },
  }),
  defaultOptions: {
    // the server may be this very machine: to have no network says nothing of whether it answers
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      // What the server refused it refuses again; only a lost connection or a fault of its own is worth a second try.
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiError) || error.failure.status === 0 || error.failure.status >= 500),
    },
  },
});
// Another person on the same browser must not see what the first one read, nor one organization what was read of another.
let scope = scopeOf(session.get());
session.subscribe(() => {
  const next = scopeOf(session.get());
  if (next !== scope) queries.clear();
  scope = next;
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ConsoleProvider value={services}>
        <QueryClientProvider client={queries}>
          <ToastHost>
            <RouterProvider router={createConsoleRouter()} />
          </ToastHost>
        </QueryClientProvider>
      </ConsoleProvider>
    </StrictMode>,
  );
}
