/**
 * Any JSON object as aligned lines: the unit stands in a name's ending (`Ms`, `Bytes`, `At`), so that a server can add a figure and it
 * shows well without a change here.
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { humanBytes, humanCount, humanDuration, humanInstant } from './humanise.ts';
import { oneLine, padText, textWidth } from './text-width.ts';

type Line = { readonly depth: number; readonly name: string; readonly value: string };

export function renderKeyValues(value: JsonValue, nowMs: number): string {
  const lines = [...linesOf(value, 0, nowMs)];
  const width = Math.max(0, ...lines.map((line) => line.depth * 2 + textWidth(line.name)));
  return lines
    .map(({ depth, name, value: shown }) => `${padText(' '.repeat(depth * 2) + name, width)}  ${shown}`.trimEnd())
    .join('\n');
}

function* linesOf(value: JsonValue, depth: number, nowMs: number): Generator<Line> {
  const entries = isJsonObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? value.map(listEntry)
      : [['', value] as const];
  for (const [name, inner] of entries) {
    if (inner !== null && typeof inner === 'object') {
      yield { depth, name: words(name), value: Object.keys(inner).length === 0 ? 'none' : '' };
      yield* linesOf(inner, depth + 1, nowMs);
    } else {
      yield { depth, name: words(name), value: scalar(name, inner, nowMs) };
    }
  }
}

function listEntry(inner: JsonValue, index: number): [string, JsonValue] {
  const name = isJsonObject(inner) && typeof inner.name === 'string' ? inner.name : String(index + 1);
  return [name, inner];
}

function scalar(name: string, value: string | number | boolean | null, nowMs: number): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string')
    return /At$|^at$|^oldestQueued$/.test(name) ? humanInstant(oneLine(value), nowMs) : oneLine(value);
  if (/Ms$/.test(name)) return humanDuration(value);
  if (/(?:^b|B)ytes$/.test(name)) return humanBytes(value);
  if (/Seconds$/.test(name)) return humanDuration(value * 1_000);
  if (/[mM]icroUsd$/.test(name)) return `$${(value / 1_000_000).toFixed(4)}`;
  return humanCount(value);
}

/** `oldestQueuedAt` -> `oldest queued`; the unit is in the value. Names that are data (paths, ids) stay as they are. */
function words(name: string): string {
  if (!/^[a-z][A-Za-z]*$/.test(name)) return oneLine(name);
  const bare = name.replace(/(?<=.)(?:Ms|Bytes|At|Seconds|MicroUsd)$/, '');
  return bare.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
