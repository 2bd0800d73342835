/**
 * A bounded map that forgets what was not used lately, at the cost of two look-ups: when the young generation is full it becomes the
 * old one, and what is found in the old one moves up.
 */
export type BoundedCache<K, V> = { readonly get: (key: K, make: (key: K) => V) => V };

export function createBoundedCache<K, V>(maxEntries: number): BoundedCache<K, V> {
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  return {
    get(key, make) {
      const known = young.get(key);
      if (known !== undefined) return known;
      const value = old.get(key) ?? make(key);
      if (young.size >= maxEntries / 2) {
        old = young;
        young = new Map();
      }
      young.set(key, value);
      return value;
    },
  };
}
