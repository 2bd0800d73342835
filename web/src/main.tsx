/** Starts the console: theme before the first paint, then services and routes. */
import './styles/index.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { createConsoleRouter } from './app/router.tsx';
import { createApiClient } from './lib/api-client.ts';
import { ConsoleProvider } from './lib/console-context.tsx';
import { ApiError } from './lib/problem-error.ts';
import { createSessionStore } from './lib/session.ts';
import { applyTheme, followSystemTheme } from './lib/theme.ts';
import { ToastHost } from './ui/toasts.tsx';

applyTheme();
followSystemTheme();

const session = createSessionStore(window.localStorage, window);
const services = { api: createApiClient(session), session };
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What the server refused it refuses again; only a lost connection or a fault of its own is worth a second try.
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiError) || error.failure.status === 0 || error.failure.status >= 500),
    },
  },
});
// Another person on the same browser must not see what the first one read.
session.subscribe(() => {
  if (session.get() === null) queries.clear();
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
