/**
 * The secrets of an execution's credentials are hidden in whatever its steps leave behind, before any of it is stored: outputs, responses,
 * logs, failures, whichever step or branch opened them. An execution without credentials has no masker, and its steps pay nothing.
 */
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { StepResult } from '@automateos/shared/ports/node-runtime';
import { createMasker, type Masker, type SecretValue } from '../masking/create-masker.ts';
import type { Executed } from './executed.ts';
import type { Run } from './run.ts';

/** Further values join those of the run. What it has known once stays hidden: a token that was renewed is still a token. */
export function hideSecrets(run: Run, secrets: readonly SecretValue[]): void {
  const fresh = secrets.filter(({ value }) => !run.secrets.some((known) => known.value === value));
  if (fresh.length === 0) return;
  run.secrets = [...run.secrets, ...fresh];
  run.masker = createMasker(run.secrets);
}

export function masked(masker: Masker | null, executed: Executed): Executed {
  if (masker === null || executed.kind === 'aborted' || executed.kind === 'lost') return executed;
  const logs = executed.logs.map(masker.text);
  if (executed.kind === 'failed') return { ...executed, failure: maskedFailure(masker, executed.failure), logs };
  return { ...executed, result: maskedResult(masker, executed.result), logs };
}

/** What was thrown, masked before it is cut to a length: half a secret would not be found. */
export function maskedError(masker: Masker | null, error: unknown): unknown {
  if (masker === null || !(error instanceof Error)) return error;
  if (error instanceof StepError) return new StepError(maskedFailure(masker, error.failure));
  return error.name === 'AppError' ? error : new Error(masker.text(error.message));
}

function maskedFailure(masker: Masker, failure: StepFailure): StepFailure {
  const details = failure.details === undefined ? {} : { details: masker.json(failure.details) };
  return { ...failure, message: masker.text(failure.message), ...details };
}

function maskedResult(masker: Masker, result: StepResult): StepResult {
  const output = masker.json(result.output);
  if (result.response === undefined) return output === result.output ? result : { ...result, output };
  const { status, headers, body } = result.response;
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, masker.text(value)]));
  return { ...result, output, response: { status, headers: shown, body: masker.json(body) } };
}
