/**
 * Everything that ends a command short of its goal: what happened, what to do about it, and the exit code. The renderer shows it; a
 * stack trace never reaches a person.
 */
import type { Problem } from '@automateos/shared/model/problem';
import { type ExitCode, exitCode } from './exit-code.ts';

export type CliErrorDetails = {
  readonly code: string;
  readonly message: string;
  readonly exit: ExitCode;
  /** How it is mended, one line each. */
  readonly mend?: readonly string[];
  readonly problems?: readonly Problem[];
  readonly requestId?: string;
  readonly status?: number;
};

export class CliError extends Error {
  readonly details: CliErrorDetails;

  constructor(details: CliErrorDetails, options?: { readonly cause?: unknown }) {
    super(details.message, options);
    this.name = 'CliError';
    this.details = details;
  }
}

/** The command was called in a way that cannot work. */
export function usageError(message: string, ...mend: string[]): CliError {
  return new CliError({ code: 'USAGE', message, exit: exitCode.usage, mend });
}
