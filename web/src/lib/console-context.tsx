/** What every page needs from outside: the API and the session. Made once in main.tsx, replaced in tests. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ApiClient } from './api-client.ts';
import type { Session, SessionStore } from './session.ts';

export type ConsoleServices = { readonly api: ApiClient; readonly session: SessionStore };

const ConsoleContext = createContext<ConsoleServices | null>(null);
export const ConsoleProvider = ConsoleContext.Provider;

export function useConsole(): ConsoleServices {
  const services = useContext(ConsoleContext);
  if (!services) throw new Error('ConsoleProvider is missing above this component');
  return services;
}

export function useApi(): ApiClient {
  return useConsole().api;
}

export function useSession(): Session | null {
  const { session } = useConsole();
  return useSyncExternalStore(session.subscribe, session.get);
}
