/**
 * What the command needs from the machine it runs on, so that tests run it whole in their own process: arguments in, exit code out, and
 * nothing else touches process.*.
 */
export type Output = {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width in columns; 0 where there is none (a pipe). */
  readonly columns: () => number;
};

export type Input = {
  readonly isTTY: boolean;
  /** All of it, to the end. */
  readonly readAll: () => Promise<string>;
  /** One line from the terminal; with `hidden` nothing is echoed. Null when the input ended or the person gave up. */
  readonly ask: (question: string, options: { readonly hidden: boolean }) => Promise<string | null>;
};

export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDirectory: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly nowMs: () => number;
  /** Resolves early when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Runs `work` again and again (a spinner) until the answer is called. */
  readonly every: (ms: number, work: () => void) => () => void;
  /** Runs `listener` on Ctrl-C instead of ending the process; answers how to take it back. */
  readonly onInterrupt: (listener: () => void) => () => void;
};
