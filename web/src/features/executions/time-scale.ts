/**
 * From instants to percent of the track. Waits longer than ten times the work are folded to a sliver, so that two hours of waiting for a
 * person do not squeeze twenty seconds of work into one pixel.
 */
export type Span = { readonly start: number; readonly end: number };

export type TimeScale = {
  readonly at: (ms: number) => number;
  readonly folded: boolean;
  readonly ticks: readonly { readonly percent: number; readonly offsetMs: number }[];
};

const foldFactor = 10;

/** `work`: spans in which something ran; waits are what lies between. */
export function createTimeScale(work: readonly Span[], whole: Span): TimeScale {
  const busy = union(work.filter((span) => span.end >= span.start));
  const total = Math.max(
    1,
    busy.reduce((sum, span) => sum + span.end - span.start, 0),
  );
  const pieces: { start: number; end: number; size: number; folded: boolean }[] = [];
  let at = whole.start;
  for (const span of [...busy, { start: whole.end, end: whole.end }]) {
    const gap = span.start - at;
    if (gap > 0) {
      const folded = gap > total * foldFactor && busy.length > 0;
      pieces.push({ start: at, end: span.start, size: folded ? total * 0.12 : gap, folded });
    }
    if (span.end > span.start) pieces.push({ start: span.start, end: span.end, size: span.end - span.start, folded: false });
    at = Math.max(at, span.end);
  }
  const size = pieces.reduce((sum, piece) => sum + piece.size, 0) || 1;
  const folded = pieces.some((piece) => piece.folded);
  const place = (ms: number): number => {
    let before = 0;
    for (const piece of pieces) {
      if (ms >= piece.end) before += piece.size;
      else {
        if (ms > piece.start) before += (piece.size * (ms - piece.start)) / (piece.end - piece.start);
        break;
      }
    }
    return Math.min(100, (before / size) * 100);
  };
  return { at: place, folded, ticks: folded ? [] : ticksOf(whole) };
}

function union(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/** Three to five round numbers. */
function ticksOf(whole: Span): TimeScale['ticks'] {
  const length = Math.max(1, whole.end - whole.start);
  const rough = length / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks = [];
  for (let offsetMs = 0; offsetMs <= length * 0.9; offsetMs += step) ticks.push({ percent: (offsetMs / length) * 100, offsetMs });
  return ticks;
}
