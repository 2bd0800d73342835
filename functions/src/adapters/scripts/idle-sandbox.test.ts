import { expect, it } from 'vitest';
import { createIdleSandbox } from './idle-sandbox.ts';

it('where scripts are switched off every script is told so, for good', async () => {
  const request = { language: 'python' as const, code: '1', globals: {}, timeoutMs: 1_000, signal: AbortSignal.timeout(1_000) };
  await expect(createIdleSandbox().run(request)).rejects.toMatchObject({
    failure: { code: 'SCRIPT_UNAVAILABLE', retryable: false, message: expect.stringContaining('AUTOMATEOS_FEATURES') },
  });
});
