/** What the exit code says; stable, for scripts. */
export const exitCode = {
  succeeded: 0,
  /** The execution failed, or the server refused what was asked. */
  failed: 1,
  usage: 2,
  /** The execution was cancelled or ran out of time. */
  stopped: 3,
  /** The server could not be reached, or did not let us in. */
  unreachable: 4,
  /** Ctrl-C: the shell's own convention. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export function exitCodeOfStatus(status: string): ExitCode {
  if (status === 'failed') return exitCode.failed;
  if (status === 'cancelled' || status === 'timed-out') return exitCode.stopped;
  return exitCode.succeeded;
}
