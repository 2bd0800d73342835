/** What led a worker to a branch, for its span only: W3C traceparents. Neither decides anything. */
export type BranchOrigin = {
  /** Of whoever announced the branch: the branch that forked it, a wake-up, a sweep. */
  readonly announcedBy?: string | undefined;
  /** Of the function invocation that carries the message. */
  readonly invokedBy?: string | undefined;
};
