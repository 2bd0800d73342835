import { describe, expect, it } from 'vitest';
import { findCycles } from './find-cycles.ts';
import { judgeImport } from './judge-import.ts';

const judge = (from: string, to: string): string | null => judgeImport(from, { file: to, specifier: to });
const judgePackage = (from: string, specifier: string): string | null => judgeImport(from, { file: null, specifier });

describe('imports point down only', () => {
  it.each([
    ['functions/src/entry/embedded.ts', 'functions/src/adapters/embedded/sqlite-store.ts'],
    ['functions/src/api/rest/routes.ts', 'functions/src/app/start-execution.ts'],
    ['functions/src/app/run-branch.ts', 'shared/src/engine/advance.ts'],
    ['shared/src/engine/advance.ts', 'shared/src/graph/reach.ts'],
    ['web/src/app/router.tsx', 'web/src/features/workflows/page.tsx'],
    ['functions/src/adapters/embedded/queue.ts', 'functions/src/adapters/http/create-http-client.ts'],
  ])('%s may import %s', (from, to) => expect(judge(from, to)).toBeNull());

  it.each([
    ['functions/src/api/rest/routes.ts', 'functions/src/adapters/embedded/sqlite-store.ts'],
    ['functions/src/nodes/http.request/execute.ts', 'functions/src/api/rest/routes.ts'],
    ['functions/src/nodes/http.request/execute.ts', 'functions/src/nodes/data.set/execute.ts'],
    ['functions/src/adapters/embedded/queue.ts', 'functions/src/adapters/gcp/queue.ts'],
    ['functions/src/app/run-branch.ts', 'functions/src/entry/embedded.ts'],
    ['shared/src/model/execution.ts', 'shared/src/ports/clock.ts'],
    ['shared/src/graph/reach.ts', 'shared/src/engine/advance.ts'],
    ['web/src/lib/api-client.ts', 'web/src/ui/icon.tsx'],
    ['web/src/features/workflows/page.tsx', 'web/src/features/executions/page.tsx'],
    ['web/src/main.tsx', 'functions/src/app/start-execution.ts'],
    ['cli/src/entry.ts', 'functions/src/app/start-execution.ts'],
    ['shared/src/engine/advance.ts', 'shared/src/engine/advance.test.ts'],
    ['shared/src/engine/advance.ts', 'shared/src/testing/fake-blobs.ts'],
  ])('%s must not import %s', (from, to) => expect(judge(from, to)).not.toBeNull());

  it('keeps Node out of what browsers load, and SQLite behind its adapter', () => {
    expect(judgePackage('shared/src/engine/advance.ts', 'node:crypto')).not.toBeNull();
    expect(judgePackage('web/src/lib/session.ts', 'node:fs')).not.toBeNull();
    expect(judgePackage('functions/src/app/digest.ts', 'node:crypto')).toBeNull();
    expect(judgePackage('functions/src/app/digest.ts', 'node:sqlite')).not.toBeNull();
  });
});

describe('cycles', () => {
  it('are found with all their files, and only they', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b', 'd']],
      ['d', []],
      ['e', ['e']],
    ]);
    expect(findCycles(graph)).toEqual([['b', 'c'], ['e']]);
  });
});
