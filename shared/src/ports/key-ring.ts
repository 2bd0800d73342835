/**
 * The one place where long-lived keys live (a key file, or Cloud KMS). What it wraps opens only with the same context; keys it derives
 * are independent of each other and stay the same until the installation's oldest key is dropped.
 */
export interface KeyRing {
  /** Encrypts a 32-byte data key, bound to `context`. */
  wrap(dataKey: Uint8Array, context: string): Promise<string>;
  /** Throws when the text was tampered with, belongs to another context or names a key that is gone. */
  unwrap(wrapped: string, context: string): Promise<Uint8Array>;
  /** 32 bytes for one purpose (`session-token`, `cursor`, ...). */
  derive(purpose: string): Promise<Uint8Array>;
}
