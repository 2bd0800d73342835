import { expect, test } from 'vitest';
import { humanBytes, humanDuration, humanInstant } from './humanise.ts';
import { cutText, harmless, oneLine, textWidth } from './text-width.ts';

test('wide and combined characters are counted as they are shown', () => {
  expect([textWidth('abc'), textWidth('日本'), textWidth('e\u0301'), textWidth('👩‍👩‍👧')]).toEqual([3, 4, 1, 2]);
  expect(cutText('日本語', 4)).toBe('日…');
  expect(cutText('short', 5)).toBe('short');
});

test('control characters and direction overrides become visible', () => {
  expect(harmless('a\u001b[31mb\u0007\u009bc\u202ed\nnext\tcell')).toBe('a\ufffd[31mb\ufffd\ufffdc\ufffdd\nnext\tcell');
  expect(oneLine(' a\r\n  b\tc ')).toBe('a b c');
});

test('durations, sizes and instants are rounded to what a person uses', () => {
  expect([0, 12, 1_500, 59_600, 61_000, 3_600_000, 90_000_000].map(humanDuration)).toEqual([
    '0 ms',
    '12 ms',
    '1.5 s',
    '1 min',
    '1 min 1 s',
    '1 h',
    '1 d 1 h',
  ]);
  expect([0, 1_023, 1_536, 20 * 1_048_576].map(humanBytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '20 MiB']);
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(humanInstant('2026-03-01T11:58:30Z', now)).toBe('1 min ago');
  expect(humanInstant('2026-03-01T14:00:00Z', now)).toBe('in 2 h');
  expect(humanInstant(null, now)).toBe('–');
});
