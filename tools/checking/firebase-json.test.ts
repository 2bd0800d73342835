import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { securityHeaders } from '../../functions/src/api/http/security-headers.ts';
import { readRules } from '../cloud/front.ts';

const root = join(import.meta.dirname, '../..');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

const FirebaseJson = z.looseObject({
  hosting: z.looseObject({
    rewrites: z.array(
      z.looseObject({ source: z.string(), run: z.object({ serviceId: z.string(), region: z.string() }).optional() }),
    ),
    headers: z.array(z.object({ source: z.string(), headers: z.array(z.object({ key: z.string(), value: z.string() })) })),
  }),
  firestore: z.object({ rules: z.string(), indexes: z.string() }),
});

describe('firebase.json', () => {
  const text = readJson('firebase.json');
  const config = FirebaseJson.parse(text);

  it('is what firebase-tools takes, to the last property', () => {
    const schema = z.record(z.string(), z.unknown()).parse(readJson('node_modules/firebase-tools/schema/firebase-config.json'));
    const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(schema);
    expect(validate(text), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...config, hosting: { ...config.hosting, publik: 'x' } })).toBe(false);
  });

  it('leads every address of the API and of webhooks to the function that serves it', () => {
    const rules = readRules();
    const serviceOf = (path: string) => rules.find(({ matches }) => matches.test(path))?.service;
    const { paths } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(readJson('schema/generated/openapi.json'));
    const hooks = ['/hooks/wf_1', '/hooks/wf_1/a/b', '/hooks-test/wf_1'];
    const api = [
      ...Object.keys(paths).filter((path) => !path.startsWith('/hooks')),
      '/docs',
      '/docs/',
      '/openapi.json',
      '/healthz',
      '/readyz',
    ];
    expect(api.length).toBeGreaterThan(30);
    for (const path of api) expect(serviceOf(path), path).toBe('automateos-api');
    for (const path of hooks) expect(serviceOf(path), path).toBe('automateos-webhook');
    for (const path of ['/', '/workflows', '/v1x', '/hookshot', '/assets/a.js']) expect(serviceOf(path), path).toBeUndefined();
  });

  it('names services of the topology, all in one region', () => {
    const { prefix, functions } = z
      .object({ prefix: z.string(), functions: z.record(z.string(), z.object({ public: z.boolean() })) })
      .parse(readJson('infra/topology.json'));
    const runs = config.hosting.rewrites.flatMap(({ run }) => (run === undefined ? [] : [run]));
    for (const { serviceId } of runs) expect(functions[serviceId.slice(prefix.length + 1)]?.public, serviceId).toBe(true);
    expect(new Set(runs.map(({ region }) => region)).size).toBe(1);
  });

  it('gives pages the headers that the embedded server gives them', () => {
    const [page] = config.hosting.headers;
    const given = Object.fromEntries((page?.headers ?? []).map(({ key, value }) => [key.toLowerCase(), value]));
    expect(given).toEqual({ ...securityHeaders('page'), 'cache-control': 'no-cache' });
  });
});
