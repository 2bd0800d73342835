import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['5m', 300_000],
    ['1h 30m', 5_400_000],
    ['2.5s', 2_500],
    ['250ms', 250],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    [' 1500 ', 1_500],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'm', '-5m', '5x', '5m and more', '1e9s', `${'9'.repeat(80)}s`])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
