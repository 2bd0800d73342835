/** Details of an entry in one line: names and their values, long ones cut. */
import type { JsonValue } from '@automateos/shared/model/json';

const longest = 60;

export function summaryOf(details: Readonly<Record<string, JsonValue>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${shortText(value)}`)
    .join(' · ');
}

function shortText(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
