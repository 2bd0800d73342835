/**
 * Encrypts credentials for the store (AES-256-GCM). The context string is bound as additional data, so that a ciphertext moved to another
 * document or organization does not open. A context of the form `{what}/{organization}/...` is sealed under that organization's data key,
 * which can be rotated (DataKeyring, rotate-keys.ts knows every place where such texts are stored); any other under a key of its own.
 */
export interface SecretBox {
  seal(plain: string, context: string): Promise<string>;
  /** Throws when the text was tampered with or belongs to another context. */
  open(sealed: string, context: string): Promise<string>;
}
