/**
 * What `npm test` runs on two cores, in this order. A suite whose `cores` is 1 keeps about one busy, or waits, and runs beside another such:
 * each starts what it needs for itself, on free ports and in folders of its own; the longest come first, so that no core waits for one at
 * the end. A vitest suite is a project of vitest.config.ts; a command suite is a program that ends with its own line `N passed, N failed,
 * N skipped`, or stands for one test by its exit code. A suite without files is not run and not counted.
 */
import type { RequirementName } from './requirements.ts';

export const cores = 2;

export type Suite = {
  readonly name: string;
  readonly files: string;
  readonly needs: readonly RequirementName[];
  readonly cores: 1 | 2;
} & ({ readonly kind: 'vitest' } | { readonly kind: 'command'; readonly command: readonly string[] });

export const suites: readonly Suite[] = [
  {
    name: 'unit',
    kind: 'vitest',
    files: '{shared,functions,cli,web,tools,bench,examples}/**/*.test.{ts,tsx}',
    cores: 2,
    needs: [],
  },
  {
    name: 'simulator',
    kind: 'command',
    files: 'functions/src/simulator/main.ts',
    command: ['functions/src/simulator/main.ts', '--schedules', '24000'],
    cores: 2,
    needs: [],
  },
  { name: 'process', kind: 'vitest', files: '{functions,cli,tools,examples}/**/*.process.test.ts', cores: 1, needs: [] },
  {
    name: 'emulator',
    kind: 'vitest',
    files: '{shared,functions,infra,tools}/**/*.emulator.test.ts',
    cores: 1,
    needs: ['java', 'cloud-sdk'],
  },
  {
    name: 'chaos',
    kind: 'command',
    files: 'functions/src/testing/chaos/main.ts',
    command: ['functions/src/testing/chaos/main.ts', '--size', 'small'],
    cores: 1,
    needs: ['java', 'cloud-sdk'],
  },
  { name: 'browser', kind: 'vitest', files: 'web/e2e/**/*.test.ts', cores: 1, needs: ['chromium'] },
  {
    name: 'cloud',
    kind: 'vitest',
    files: '{functions,infra,tools,examples}/**/*.cloud.test.ts',
    cores: 1,
    needs: ['java', 'cloud-sdk'],
  },
  {
    name: 'kill',
    kind: 'command',
    files: 'functions/src/testing/kill/main.ts',
    command: ['functions/src/testing/kill/main.ts', '--kills', '20'],
    cores: 1,
    needs: [],
  },
];
