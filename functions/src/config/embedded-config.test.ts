import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEmbeddedConfig } from './embedded-config.ts';
import { ConfigError } from './variable-kinds.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
const documented = new Map(
  [...readme.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|/gm)].map(([, name, fallback]) => [name, fallback ?? '']),
);

describe('the configuration', () => {
  it('needs no variable at all, and an empty one counts as unset', () => {
    expect(readEmbeddedConfig({ PORT: '', AUTOMATEOS_OWNER_EMAIL: '' })).toEqual(readEmbeddedConfig({}));
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['AUTOMATEOS_OWNER_EMAIL', 'nobody'],
    ['AUTOMATEOS_OWNER_PASSWORD', 'short'],
    ['AUTOMATEOS_PUBLIC_URL', 'ftp://example.com'],
    ['AUTOMATEOS_PUBLIC_URL', 'example.com'],
    ['AUTOMATEOS_STARTER', 'no'],
    ['AUTOMATEOS_CONCURRENCY', '0'],
    ['AUTOMATEOS_LOG_LEVEL', 'loud'],
    ['AUTOMATEOS_FEATURES', 'no-script'],
    ['AUTOMATEOS_DRAIN_MS', '10s'],
    ['AUTOMATEOS_METRICS', 'on'],
    ['AUTOMATEOS_METRICS_TOKEN', 'guessable'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'no header'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => readEmbeddedConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readEmbeddedConfig({ [name]: value })).toThrow(name);
  });

  it('names every variable that is wrong, and no password', () => {
    expect(() => readEmbeddedConfig({ PORT: 'x', AUTOMATEOS_LOG_LEVEL: 'y' })).toThrow(/PORT .*AUTOMATEOS_LOG_LEVEL /);
    expect(() => readEmbeddedConfig({ AUTOMATEOS_OWNER_PASSWORD: 'hunter2' })).not.toThrow('hunter2');
  });

  it('splits lists at commas', () => {
    expect(readEmbeddedConfig({ AUTOMATEOS_EGRESS_ALLOW: ' 10.0.0.0/8, ,intranet.example ' }).AUTOMATEOS_EGRESS_ALLOW).toEqual([
      '10.0.0.0/8',
      'intranet.example',
    ]);
  });
});

describe("README.md's table", () => {
  it('has every variable with its default, and no other', () => {
    const samples: Readonly<Record<string, string>> = {
      AUTOMATEOS_OWNER_EMAIL: 'a@example.com',
      AUTOMATEOS_OWNER_PASSWORD: 'long enough',
      AUTOMATEOS_PUBLIC_URL: 'https://example.com',
      AUTOMATEOS_CREDENTIALS: '{}',
      AUTOMATEOS_CREDENTIALS_FILE: 'credentials.env',
      AUTOMATEOS_METRICS_TOKEN: 'sixteen characters',
      AUTOMATEOS_GRAPHQL_OPERATIONS: 'operations.json',
      AUTOMATEOS_ACCOUNT_MAIL_URL: 'https://example.com/mail',
      AUTOMATEOS_ACCOUNT_MAIL_SECRET: 'sixteen characters',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://example.com',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://example.com/traces',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://example.com/metrics',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=1',
    };
    const names = Object.keys(readEmbeddedConfig(samples));
    expect([...documented.keys()].toSorted()).toEqual(names.toSorted());
    const defaults = readEmbeddedConfig({});
    for (const name of names)
      expect({ [name]: documented.get(name) }).toEqual({ [name]: String(Reflect.get(defaults, name) ?? '') });
  });
});
