/**
 * Parts that load when they are first used: a webhook must be answered soon after the start, and a server that only runs workflows
 * should not hold the API's, the HTTP client's and the token library's code in memory.
 */
import type { Blobs } from '@automateos/shared/ports/blobs';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import type { Identity } from '@automateos/shared/ports/identity';
import type { Api } from '../api/create-api.ts';

export type Lazy<T> = { get(): Promise<T>; readonly loaded: () => boolean };

/** A load that fails is tried again by the next caller. */
export function lazy<T>(load: () => Promise<T>): Lazy<T> {
  let value: Promise<T> | null = null;
  return {
    get() {
      value ??= load().catch((error: unknown) => {
        value = null;
        throw error;
      });
      return value;
    },
    loaded: () => value !== null,
  };
}

export function lazyHttpClient(client: Lazy<HttpClient>): HttpClient {
  return {
    send: async (request) => (await client.get()).send(request),
    check: async (url) => (await client.get()).check?.(url),
  };
}

export function lazyBlobs(blobs: Lazy<Blobs>): Blobs {
  return {
    put: async (key, bytes) => (await blobs.get()).put(key, bytes),
    get: async (key) => (await blobs.get()).get(key),
    deletePrefix: async (prefix) => (await blobs.get()).deletePrefix(prefix),
  };
}

export function lazyIdentity(identity: Lazy<Identity>): Identity {
  return {
    createAccount: async (email, password) => (await identity.get()).createAccount(email, password),
    signIn: async (email, password, client) => (await identity.get()).signIn(email, password, client),
    verify: async (token) => (await identity.get()).verify(token),
    findAccount: async (email) => (await identity.get()).findAccount(email),
    changePassword: async (change) => (await identity.get()).changePassword(change),
  };
}

export function lazyApi(api: Lazy<Api>): Api {
  return { fetch: async (request, connection) => (await api.get()).fetch(request, connection) };
}
