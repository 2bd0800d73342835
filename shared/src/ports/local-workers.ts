/** How many branches this process works on at a time, and the way to wait until it is done. */
export type LocalWorkers = {
  /** A place, or null when all are taken or the process is about to end. Call the result exactly once when done. */
  enter(): (() => void) | null;
  readonly busy: () => number;
};
