/**
 * All workspaces in one run. Tests that start processes or browsers are suites of their own (tools/suites.ts) and left out here, so that
 * two cores do not make them wait for each other.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{shared,functions,cli,web}/{src,bin}/**/*.test.{ts,tsx}',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.process.test.ts'],
    // A test needs its own patience, not the machine's: slow CI must not fail what is right.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { TZ: 'UTC' },
  },
});
