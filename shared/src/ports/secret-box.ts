/**
 * Encrypts credentials for the store (AES-256-GCM, data key from the key ring). The context string is bound as additional data, so
 * that a ciphertext moved to another document or organization does not open.
 */
export interface SecretBox {
  seal(plain: string, context: string): Promise<string>;
  /** Throws when the text was tampered with or belongs to another context. */
  open(sealed: string, context: string): Promise<string>;
}
