/** What every page needs from outside: the API, the session and what a link brought along. Made once in main.tsx, replaced in tests. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ApiClient } from './api-client.ts';
import type { ArrivalSecret } from './arrival-secret.ts';
import type { Session, SessionStore } from './session.ts';

export type ConsoleServices = { readonly api: ApiClient; readonly session: SessionStore; readonly arrival: ArrivalSecret };

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

/** null once it is used, and for whoever came without a link. */
export function useArrivalSecret(): string | null {
  const { arrival } = useConsole();
  return useSyncExternalStore(arrival.subscribe, arrival.get);
}
