/**
 * Several projects, because tests that start processes or a browser run on their own: two cores must not make them wait for the others.
 * tools/testing/suites.ts runs them in turn; `vitest run <path>` runs any file.
 */
import { defineConfig } from 'vitest/config';

const shared = {
  // A test states what is right, not how fast the machine is: patience costs nothing where all is well.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Google's clients ask a metadata server for credentials that no test needs.
  env: { TZ: 'UTC', METADATA_SERVER_DETECTION: 'none' },
  exclude: ['**/node_modules/**', '**/dist/**'],
};
/** Node's own choice among the builds of this package, so that tests and the libraries beside them have one and the same. */
const resolve = { alias: [{ find: /^graphql$/, replacement: `${import.meta.dirname}/node_modules/graphql/index.mjs` }] };
const processes = '**/*.process.test.ts';
/** Needs the Firestore and Pub/Sub emulators, which each file starts for itself. */
const emulators = '**/*.emulator.test.ts';
/** Starts the whole cloud topology (`npm run cloud`). */
const cloud = '**/*.cloud.test.ts';
const browser = 'web/e2e/**/*.test.ts';

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: 'unit',
          // One worker for many files: a thousand modules are evaluated once per worker, not once per file. A test leaves nothing behind in them.
          isolate: false,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...shared.exclude, processes, emulators, cloud, browser],
        },
      },
      { test: { ...shared, name: 'process', include: [processes], testTimeout: 300_000, maxWorkers: 1 } },
      { resolve, test: { ...shared, name: 'emulator', include: [emulators], testTimeout: 120_000, maxWorkers: 1 } },
      { test: { ...shared, name: 'cloud', include: [cloud], testTimeout: 600_000, hookTimeout: 300_000, maxWorkers: 1 } },
      { test: { ...shared, name: 'browser', include: [browser], testTimeout: 120_000, maxWorkers: 1 } },
    ],
  },
});
