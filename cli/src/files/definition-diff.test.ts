import type { JsonObject } from '@automateos/shared/model/json';
import { expect, test } from 'vitest';
import { diffDefinitions, sameDefinition } from './definition-diff.ts';

const withAuth = (auth?: JsonObject): JsonObject => ({
  name: 'x',
  nodes: [{ id: 'hook', type: 'trigger.webhook', params: auth === undefined ? {} : { auth } }],
});
const kind = 'github';
const shown = withAuth({ kind, secret: '***' });

test('a secret is never shown, whether it is new, gone or another', () => {
  const written = withAuth({ kind, secret: 'c4nary' });
  const texts = [
    [shown, written],
    [withAuth(), written],
    [written, withAuth()],
    [written, shown],
  ].map(([before = {}, after = {}]) =>
    diffDefinitions(before, after)
      .map(({ text }) => text)
      .join(),
  );
  expect(texts[0]).toBe('node hook (trigger.webhook): params.auth.secret is set');
  expect(texts.join()).not.toContain('c4nary');
});

test('*** on both sides is no change, and a written secret always is one', () => {
  expect(sameDefinition(shown, shown)).toBe(true);
  expect(sameDefinition(shown, withAuth({ kind, secret: 'written' }))).toBe(false);
});
