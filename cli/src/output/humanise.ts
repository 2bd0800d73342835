/** Numbers as people read them. `--json` keeps the exact ones. */

/** 0.8 s, 12 s, 3 min 4 s, 2 h 5 min, 4 d 3 h; below a second in ms. */
export function humanDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  if (whole < 9_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  if (seconds < 86_400) return pair(Math.round(seconds / 60), 60, 'h', 'min');
  return pair(Math.round(seconds / 3_600), 24, 'd', 'h');
}

function pair(total: number, perUnit: number, unit: string, smaller: string): string {
  const rest = total % perUnit;
  const main = `${Math.floor(total / perUnit)} ${unit}`;
  return rest === 0 ? main : `${main} ${rest} ${smaller}`;
}

/** "3 min ago", "in 2 h"; a dash for no instant. */
export function humanInstant(instant: string | null | undefined, nowMs: number): string {
  if (instant === null || instant === undefined) return '–';
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  const age = nowMs - at;
  if (Math.abs(age) < 1_000) return 'now';
  const [main] = humanDuration(Math.abs(age)).split(/(?<=[a-z]) /);
  const rounded = (main ?? '').replace(/\.\d+/, '');
  return age >= 0 ? `${rounded} ago` : `in ${rounded}`;
}

export function humanBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

export function humanCount(count: number): string {
  return Number.isInteger(count) ? count.toLocaleString('en-US') : String(count);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${humanCount(count)} ${count === 1 ? one : many}`;
}

/** Between two instants, the second being now where it is absent. */
export function elapsed(start: string | null | undefined, end: string | null | undefined, nowMs: number): string {
  if (start === null || start === undefined) return '–';
  const from = Date.parse(start);
  const to = end === null || end === undefined ? nowMs : Date.parse(end);
  return Number.isNaN(from) || Number.isNaN(to) ? '–' : humanDuration(to - from);
}
