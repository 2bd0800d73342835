import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Lock, pruneLock } from './prune-lock.ts';

const lock: Lock = {
  packages: {
    '': {},
    'node_modules/framework': { version: '1.0.0', dependencies: { parser: '^2', logger: '*' } },
    'node_modules/parser': { version: '1.9.0', dependencies: { logger: '*' } },
    'node_modules/framework/node_modules/parser': {
      version: '2.1.0',
      dependencies: { logger: '*' },
      optionalDependencies: { fast: '*' },
    },
    'node_modules/logger': { version: '3.0.0', peerDependencies: { absent: '*' } },
    'node_modules/unrelated': { version: '1.0.0' },
  },
};

const packagesOf = (pruned: object): readonly string[] => {
  const { packages } = pruned as Lock; // a lock by construction
  return Object.keys(packages);
};

describe('the lock file of a bundle', () => {
  it('holds what is needed, found as Node finds it, and nothing else', () => {
    expect(packagesOf(pruneLock(lock, { name: 'api', dependencies: { framework: '1.0.0' } }))).toEqual([
      '',
      'node_modules/framework',
      'node_modules/framework/node_modules/parser',
      'node_modules/logger',
    ]);
  });

  it('is not made when something is missing', () => {
    expect(() => pruneLock(lock, { name: 'api', dependencies: { gone: '1.0.0' } })).toThrow('gone');
  });

  it('of a real function has the integrity of every package and no mark of development', () => {
    const real: Lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'));
    const manifest = { name: 'api', dependencies: { '@google-cloud/functions-framework': '*', pyodide: '*' } };
    const { packages } = pruneLock(real, manifest) as Lock; // a lock by construction
    const { '': _, ...rest } = packages;
    expect(Object.keys(rest).length).toBeGreaterThan(20);
    for (const [path, entry] of Object.entries(rest)) {
      expect([path, typeof entry.integrity]).toEqual([path, 'string']);
      expect(Object.keys(entry)).not.toContain('dev');
    }
  });
});
