/** Time is a port: the engine and the use cases never look at the machine's clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after at least `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}
