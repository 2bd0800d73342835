/**
 * How much of an instance's time falls to one piece of work. An instance is billed while at least one request is active, so that time is
 * divided evenly among the work under way in the process.
 */
export interface ComputeMeter {
  /** Of the instance, which is billed whole. */
  readonly vcpus: number;
  readonly memoryMib: number;
  enter(): ComputeShare;
}

export interface ComputeShare {
  /** Microseconds of the instance since `enter`, or since they were last taken. */
  takeUs(): number;
  /** What is likely still to come after the last taking: the answer to the last commit, the end of the request. */
  tailUs(): number;
  /** When the work is over; again does nothing. */
  leave(): void;
}
