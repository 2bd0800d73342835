import { describe, expect, it } from 'vitest';
import { createTimeScale } from './time-scale.ts';

describe('the time scale of an execution', () => {
  it('is linear while nothing waits long, with round ticks from zero', () => {
    const scale = createTimeScale([{ start: 0, end: 1_000 }], { start: 0, end: 1_000 });
    expect(scale.folded).toBe(false);
    expect([0, 250, 1_000].map(scale.at)).toEqual([0, 25, 100]);
    expect(scale.ticks[0]).toEqual({ percent: 0, offsetMs: 0 });
    expect(scale.ticks.length).toBeGreaterThanOrEqual(3);
  });

  it('folds a wait longer than ten times the work, so that the work stays visible', () => {
    const work = [
      { start: 0, end: 1_000 },
      { start: 7_201_000, end: 7_202_000 },
    ];
    const scale = createTimeScale(work, { start: 0, end: 7_202_000 });
    expect(scale.folded).toBe(true);
    expect(scale.at(1_000)).toBeGreaterThan(40);
    expect(scale.at(7_202_000)).toBe(100);
  });

  it('keeps order and bounds for any instant', () => {
    const scale = createTimeScale([{ start: 10, end: 20 }], { start: 0, end: 500 });
    const places = [-5, 0, 10, 15, 20, 400, 500, 900].map(scale.at);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBe(0);
    expect(Math.max(...places)).toBe(100);
  });
});
