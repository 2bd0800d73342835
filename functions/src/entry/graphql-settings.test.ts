import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEmbeddedConfig } from '../config/embedded-config.ts';
import { graphqlChoiceOf } from '../config/graphql-variables.ts';
import { graphqlSettings } from './graphql-settings.ts';

async function fileWith(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'operations-')), 'operations.json');
  await writeFile(file, text);
  return file;
}

const document = '{ viewer { role } }';
const hash = createHash('sha256').update(document).digest('hex');

describe('the settings of /graphql', () => {
  test('open where somebody develops, closed in production and in the cloud, unless they say otherwise', () => {
    const embedded = readEmbeddedConfig({});
    expect(graphqlChoiceOf(embedded, {}).open).toBe(true);
    expect(graphqlChoiceOf(embedded, { NODE_ENV: 'production' }).open).toBe(false);
    const opened = readEmbeddedConfig({ AUTOMATEOS_GRAPHQL: 'open' });
    expect(graphqlChoiceOf(opened, { NODE_ENV: 'production' }).open).toBe(true);
    expect(graphqlChoiceOf(readEmbeddedConfig({ AUTOMATEOS_GRAPHQL: 'closed' }), {}).open).toBe(false);
  });

  test('documents come from a file, each under its own hash', async () => {
    const file = await fileWith(JSON.stringify({ [hash]: document }));
    const config = readEmbeddedConfig({ AUTOMATEOS_GRAPHQL_OPERATIONS: file, AUTOMATEOS_GRAPHQL_ONLY_OPERATIONS: 'on' });
    const settings = await graphqlSettings(config);
    expect([[...settings.operations], settings.onlyOperations]).toEqual([[[hash, document]], true]);
  });

  test.each(['no json', '[]', '{"short":"{ viewer { role } }"}', JSON.stringify({ [hash]: '{ viewer { via } }' })])(
    'a file that cannot be used stops the start: %s',
    async (text) => {
      const config = readEmbeddedConfig({ AUTOMATEOS_GRAPHQL_OPERATIONS: await fileWith(text) });
      await expect(graphqlSettings(config)).rejects.toThrow('AUTOMATEOS_GRAPHQL_OPERATIONS');
    },
  );
});
