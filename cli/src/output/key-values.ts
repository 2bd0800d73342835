/**
 * Any JSON object as aligned lines: the unit stands in a name's ending (`Ms`, `Bytes`, `At`), so that a server can add a figure and it
 * shows well without a change here. A group's unit is that of the figures in it (`documentBytes: { executions: 6427 }`).
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { humanBytes, humanCount, humanDuration, humanInstant } from './humanise.ts';
import { oneLine, padText, textWidth } from './text-width.ts';

const unitPattern = /(?:Ms|Bytes|At|Seconds|MicroUsd)$|^(?:bytes|at|microUsd)$/;

type Line = { readonly depth: number; readonly name: string; readonly value: string };

export function renderKeyValues(value: JsonValue, nowMs: number): string {
  const lines = [...linesOf(value, { depth: 0, unit: '', nowMs })];
  const width = Math.max(0, ...lines.map((line) => line.depth * 2 + textWidth(line.name)));
  return lines
    .map(({ depth, name, value: shown }) => `${padText(' '.repeat(depth * 2) + name, width)}  ${shown}`.trimEnd())
    .join('\n');
}

type Place = { readonly depth: number; readonly unit: string; readonly nowMs: number };

function* linesOf(value: JsonValue, place: Place): Generator<Line> {
  const entries = isJsonObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? value.map(listEntry)
      : [['', value] as const];
  for (const [name, inner] of entries) {
    const unit = unitPattern.exec(name)?.[0] ?? place.unit;
    if (inner !== null && typeof inner === 'object') {
      yield { depth: place.depth, name: words(name), value: Object.keys(inner).length === 0 ? 'none' : '' };
      yield* linesOf(inner, { ...place, depth: place.depth + 1, unit });
    } else {
      yield { depth: place.depth, name: words(name), value: scalar(inner, unit, place.nowMs) };
    }
  }
}

function listEntry(inner: JsonValue, index: number): [string, JsonValue] {
  const name = isJsonObject(inner) && typeof inner.name === 'string' ? inner.name : String(index + 1);
  return [name, inner];
}

function scalar(value: string | number | boolean | null, unit: string, nowMs: number): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return /^at$/i.test(unit) ? humanInstant(oneLine(value), nowMs) : oneLine(value);
  if (unit === 'Ms') return humanDuration(value);
  if (/^bytes$/i.test(unit)) return humanBytes(value);
  if (unit === 'Seconds') return humanDuration(value * 1_000);
  if (/^microUsd$/i.test(unit)) return `$${(value / 1_000_000).toFixed(4)}`;
  return humanCount(value);
}

/** `oldestQueuedAt` -> `oldest queued`; the unit is in the value. Names that are data (paths, ids) stay as they are. */
function words(name: string): string {
  if (!/^[a-z][A-Za-z]*$/.test(name)) return oneLine(name);
  const bare = name.replace(/(?<=.)(?:Ms|Bytes|At|Seconds|MicroUsd)$/, '');
  return bare.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
