/** The simulator's one source of chance: sfc32 (Chris Doty-Humphrey, PractRand), seeded by a text, the same on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer, from <= n <= to. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Any element; undefined of an empty list. */
  any<T>(from: readonly T[]): T | undefined;
};

/** FNV-1a of the UTF-16 units. */
export function hashText(text: string, hash = 0x811c9dc5): number {
  let value = hash;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

export function createRandom(seed: string): Random {
  let a = hashText(seed);
  let b = hashText(seed, a);
  let c = hashText(seed, b);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let turn = 0; turn < 12; turn += 1) next();
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => probability > 0 && next() < probability,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    any: (from) => from[int(0, from.length - 1)],
  };
}
