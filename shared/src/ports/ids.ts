/** Randomness is a port. */
export interface Ids {
  /** Prefix, underscore and at least 120 random bits in [0-9a-z]: `exe_4k2...`. */
  make(prefix: string): string;
  /**
   * The same with fewer random bits (at least 90): of one process, a later one sorts behind; of several, their `now` decides (ms). For what is
   * written seldom: Firestore takes some 500 documents a second whose names follow each other.
   */
  makeSorted(prefix: string, now: number): string;
  /** A uniform number in [0, 1), for jitter. */
  random(): number;
}
