/** How numbers, times and money read. Absolute times are in the person's zone. */

export function formatDuration(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${Math.floor((ms % 60_000) / 1_000)} s`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** Four digits under a cent, six under $0.0001, "$0" when nothing was billed. */
export function formatMicroUsd(microUsd: number): string {
  if (microUsd === 0) return '$0';
  const dollars = microUsd / 1_000_000;
  if (dollars < 0.0001) return `$${dollars.toFixed(6)}`;
  if (dollars < 0.01) return `$${dollars.toFixed(4)}`;
  return `$${dollars.toFixed(2)}`;
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** "31 s ago" up to an hour, then the time of day, then the date. */
export function formatAgo(instant: string, nowMs: number): string {
  const at = Date.parse(instant);
  const age = nowMs - at;
  if (Number.isNaN(age)) return 'unknown';
  if (age < 5_000) return 'just now';
  if (age < 60_000) return `${Math.floor(age / 1_000)} s ago`;
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min ago`;
  return formatMoment(instant, nowMs);
}

/** "Today 08:12:40", "Yesterday 08:12", "21 Nov 2026 08:12". */
export function formatMoment(instant: string, nowMs: number, options: { readonly seconds?: boolean } = {}): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return 'unknown';
  const time = at.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(options.seconds ? { second: '2-digit' } : {}),
  });
  const days = Math.round((startOfDay(new Date(nowMs)) - startOfDay(at)) / 86_400_000);
  if (days === 0) return `Today ${time}`;
  if (days === 1) return `Yesterday ${time}`;
  const sameYear = at.getFullYear() === new Date(nowMs).getFullYear();
  const date = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
  return `${date} ${time}`;
}

export function formatClock(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString('en-GB');
}

/** The random part of an id, short enough for a heading. */
export function shortId(id: string): string {
  const random = id.includes('_') ? id.slice(id.indexOf('_') + 1) : id;
  return random.length <= 10 ? random : random.slice(0, 8);
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
