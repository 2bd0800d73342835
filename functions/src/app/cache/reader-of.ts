import type { App } from '../app-context.ts';

const readers = new WeakMap<App, App>();

/** The same app for finding out who asks: it reads accounts, members and keys by their cache, where there is one. */
export function readerOf(app: App): App {
  const { reads, store } = app;
  if (reads === undefined || reads.of !== store) return app;
  const known = readers.get(app);
  if (known !== undefined) return known;
  const reader: App = { ...app, store: { ...store, get: reads.get, getAll: reads.getAll, query: reads.query } };
  readers.set(app, reader);
  return reader;
}
