import { StepError } from '@automateos/shared/model/step-error';
import { expect, test } from 'vitest';
import { followUp } from './redirect.ts';

const previous = (method: string, body: string | null) => ({
  method,
  url: new URL('https://api.example/start'),
  headers: new Map([['authorization', 'Bearer s']]),
  body,
  maxBytes: 1_000,
});
const answer = (status: number, location: string) => ({ status, headers: { location }, body: Buffer.alloc(0) });
const admit = (url: string) => new URL(url);

test('a redirect from https to http never carries the body, and drops the credentials without one', () => {
  expect(() => followUp(previous('POST', 'x'), answer(307, 'http://api.example/'), admit)).toThrow(StepError);
  const next = followUp(previous('GET', null), answer(307, 'http://api.example/'), admit);
  expect(next?.url.href).toBe('http://api.example/');
  expect(next?.headers.has('authorization')).toBe(false);
});

test('another port or scheme of the same host is another origin', () => {
  for (const location of ['https://api.example:8443/', 'http://api.example/', 'https://api.example./']) {
    expect(followUp(previous('GET', null), answer(302, location), admit)?.headers.has('authorization'), location).toBe(false);
  }
  const same = followUp(previous('GET', null), answer(302, 'https://api.example:443/x'), admit);
  expect(same?.headers.has('authorization')).toBe(true);
});

test('a status that is no redirect, or one without a place, is the answer', () => {
  expect(followUp(previous('GET', null), answer(304, 'https://api.example/'), admit)).toBeNull();
  expect(followUp(previous('GET', null), answer(200, 'https://api.example/'), admit)).toBeNull();
  expect(followUp(previous('GET', null), answer(302, ''), admit)).toBeNull();
});
