/** Finds equal items by their canonical text, in time linear in their size: comparing each with each stalls on long lists. */
import type { JsonValue } from '@automateos/shared/model/json';

/** `spend` is told the size of each item before the next. */
export function hasDuplicates(items: readonly JsonValue[], spend: (amount: number) => void): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item);
    spend(1 + text.length);
    if (seen.has(text)) return true;
    seen.add(text);
  }
  return false;
}

function canonical(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}
