/** JSON that a person gave by option, file or stdin. */
import type { JsonValue } from '@automateos/shared/model/json';
import { usageError } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { readText } from './read-sources.ts';

export type InputOptions = { readonly input?: string; readonly inputFile?: string };

/** Undefined when nothing was given. `-` is stdin, for both options. */
export async function readInput(host: Host, { input, inputFile }: InputOptions): Promise<JsonValue | undefined> {
  if (input !== undefined && inputFile !== undefined) throw usageError('Give --input or --input-file, not both.');
  if (input === '-' || inputFile === '-') return parseJson(await host.stdin.readAll(), 'stdin');
  if (input !== undefined) return parseJson(input, '--input');
  if (inputFile !== undefined) return parseJson(await readText(host, inputFile), inputFile);
  return undefined;
}

export function parseJson(text: string, from: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not JSON';
    throw usageError(`${from} is not JSON: ${reason}`, `A string needs its quotes too: '"text"'`);
  }
}

/** A positive whole number of an option. */
export function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usageError(`${option} takes a whole number from 1, not ${JSON.stringify(text)}.`);
  return Number(text);
}
