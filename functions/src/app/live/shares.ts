/**
 * What several clients of this process follow at once is followed once: the first opens it, the last to leave closes it. A thousand readers
 * of one execution cost the store what one costs.
 */
export type Share = { close(): void };

export type Shares = {
  /** `key` decides what is shared: the same key always means the same kind. `leave` may be called more than once. */
  join<T extends Share>(key: string, open: () => T): { readonly shared: T; leave(): void };
};

export function createShares(): Shares {
  const open = new Map<string, { readonly shared: Share; count: number }>();
  return {
    join<T extends Share>(key: string, begin: () => T) {
      const entry = open.get(key) ?? { shared: begin(), count: 0 };
      open.set(key, entry);
      entry.count += 1;
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        entry.count -= 1;
        if (entry.count > 0) return;
        if (open.get(key) === entry) open.delete(key);
        entry.shared.close();
      };
      return { shared: entry.shared as T, leave }; // the key decides the kind: see above
    },
  };
}
