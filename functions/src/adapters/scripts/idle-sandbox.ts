/** In the sandbox's place where scripts are switched off: nothing runs, and every script is told so. */
import { StepError } from '@automateos/shared/model/step-error';
import type { ClosableScriptSandbox } from './script-sandbox.ts';

export function createIdleSandbox(): ClosableScriptSandbox {
  const message = 'Scripts are switched off on this installation (AUTOMATEOS_FEATURES)';
  return {
    run: () => Promise.reject(new StepError({ code: 'SCRIPT_UNAVAILABLE', message, retryable: false })),
    close: async () => {},
  };
}
