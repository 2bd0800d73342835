/** Randomness is a port. */
export interface Ids {
  /** Prefix, underscore and at least 120 random bits in [0-9a-z]: `exe_4k2...`. */
  make(prefix: string): string;
  /** A uniform number in [0, 1), for jitter. */
  random(): number;
}
