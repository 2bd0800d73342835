/** The settings of /graphql out of the configuration, with the documents that it names. A file that cannot be used stops the start. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GraphqlSettings } from '../api/graphql/graphql-settings.ts';
import { graphqlChoiceOf } from '../config/graphql-variables.ts';
import { ConfigError } from '../config/variable-kinds.ts';

const Operations = z.record(z.string().regex(/^[a-f0-9]{64}$/, 'is a SHA-256 in hexadecimal'), z.string().max(100_000));

export async function graphqlSettings(config: Parameters<typeof graphqlChoiceOf>[0]): Promise<GraphqlSettings> {
  const { open, operationsFile, onlyOperations } = graphqlChoiceOf(config);
  const operations = operationsFile === null ? new Map<string, string>() : await readOperations(operationsFile);
  return { open, operations, onlyOperations };
}

/** Throws ConfigError, which names the file and what is wrong with it. */
async function readOperations(file: string): Promise<ReadonlyMap<string, string>> {
  const unusable = (what: string) =>
    new ConfigError(`The configuration cannot be used: AUTOMATEOS_GRAPHQL_OPERATIONS (${file}) ${what}`);
  const text = await readFile(file, 'utf8').catch(() => {
    throw unusable('cannot be read');
  });
  const operations = Operations.safeParse(parsed(text));
  if (!operations.success) throw unusable('is no JSON object of hash -> document');
  for (const [hash, document] of Object.entries(operations.data)) {
    if (createHash('sha256').update(document).digest('hex') !== hash)
      throw unusable(`has a document that is not the one of ${hash}`);
  }
  return new Map(Object.entries(operations.data));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told as what it is: no JSON object
  }
}
