import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostingConfig } from './hosting.ts';

it('every rewrite to a function names the region of this installation, and nothing else changes', () => {
  const text = readFileSync(join(import.meta.dirname, '../../firebase.json'), 'utf8');
  const made = JSON.stringify(hostingConfig(text, { region: 'us-east1', site: 'my-site' }));
  expect(made).not.toContain('europe-west1');
  expect(JSON.parse(made)).toMatchObject({ hosting: { site: 'my-site', public: 'web/dist' } });
  expect(hostingConfig(text, { region: 'europe-west1', site: undefined })).toEqual(JSON.parse(text));
});
