/** A queue that takes turns: whoever has much waiting does not hold up the others. First come, first served within one key. */
export type FairQueue<T> = {
  readonly add: (key: string, value: T) => void;
  /** From the key that was served longest ago; undefined when nothing waits. */
  readonly take: () => T | undefined;
  readonly size: () => number;
};

export function createFairQueue<T>(): FairQueue<T> {
  // A Map keeps the order in which keys came, so the first one is always next.
  const waiting = new Map<string, T[]>();
  let size = 0;
  return {
    add(key, value) {
      size += 1;
      const own = waiting.get(key);
      if (own) own.push(value);
      else waiting.set(key, [value]);
    },
    take() {
      for (const [key, own] of waiting) {
        const value = own.shift();
        waiting.delete(key);
        if (own.length > 0) waiting.set(key, own);
        size -= 1;
        return value;
      }
      return undefined;
    },
    size: () => size,
  };
}
