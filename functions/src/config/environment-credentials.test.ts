import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironmentCredentials } from './environment-credentials.ts';
import { ConfigError } from './variable-kinds.ts';

test('variables of one name are one credential; the longest name that fits has the field', () => {
  const found = readEnvironmentCredentials({
    PATH: '/bin',
    AUTOMATEOS_CREDENTIAL_SHOP_KIND: 'http-bearer',
    AUTOMATEOS_CREDENTIAL_SHOP_TOKEN: 'a=b # c',
    AUTOMATEOS_CREDENTIAL_SHOP_HOSTS: 'Api.shop.example, *.shop.example',
    AUTOMATEOS_CREDENTIAL_SHOP_EU_KIND: 'oauth2-client-credentials',
    AUTOMATEOS_CREDENTIAL_SHOP_EU_CLIENT_ID: 'id',
    AUTOMATEOS_CREDENTIAL_SHOP_EU_EMPTY: '',
  });
  expect(found).toEqual([
    { name: 'shop-eu', kind: 'oauth2-client-credentials', data: { clientId: 'id' }, allowedHosts: [] },
    { name: 'shop', kind: 'http-bearer', data: { token: 'a=b # c' }, allowedHosts: ['api.shop.example', '*.shop.example'] },
  ]);
  expect(readEnvironmentCredentials({})).toEqual([]);
});

test('JSON and a file in the form of .env say the same; what the environment says goes before the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-'));
  const file = join(folder, 'credentials.env');
  writeFileSync(file, 'AUTOMATEOS_CREDENTIAL_A_KIND=http-bearer\nAUTOMATEOS_CREDENTIAL_A_TOKEN="from file"\nPORT=1\n');
  const json = JSON.stringify({ b: { kind: 'http-basic', data: { user: 'u', password: 'p' } } });
  const found = readEnvironmentCredentials({ AUTOMATEOS_CREDENTIALS_FILE: file, AUTOMATEOS_CREDENTIALS: json });
  expect(found.map(({ name, data }) => [name, data])).toEqual([
    ['a', { token: 'from file' }],
    ['b', { user: 'u', password: 'p' }],
  ]);
  const over = readEnvironmentCredentials({
    AUTOMATEOS_CREDENTIALS_FILE: file,
    AUTOMATEOS_CREDENTIAL_A_TOKEN: 'from environment',
  });
  expect(over[0]?.data).toEqual({ token: 'from environment' });
  rmSync(folder, { recursive: true });
});

test.each([
  [{ AUTOMATEOS_CREDENTIAL_A_TOKEN: 'topsecret' }, 'AUTOMATEOS_CREDENTIAL_A_TOKEN'],
  [{ AUTOMATEOS_CREDENTIALS: '{"a": topsecret}' }, 'AUTOMATEOS_CREDENTIALS'],
  [{ AUTOMATEOS_CREDENTIALS: '{"a": {"kind": "x", "data": {"token": ["topsecret"]}}}' }, 'a.data.token'],
  [{ AUTOMATEOS_CREDENTIALS_FILE: '/nowhere/credentials.env' }, 'AUTOMATEOS_CREDENTIALS_FILE'],
  [{ AUTOMATEOS_CREDENTIALS: '{"a": {"kind": "x", "data": {}}}', AUTOMATEOS_CREDENTIAL_A_KIND: 'y' }, 'twice'],
])('a mistake is told by its variable, without its value (%#)', (environment, told) => {
  expect(() => readEnvironmentCredentials(environment)).toThrow(ConfigError);
  expect(() => readEnvironmentCredentials(environment)).toThrow(told);
  expect(() => readEnvironmentCredentials(environment)).not.toThrow('topsecret');
});
