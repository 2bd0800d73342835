/** The refresh token, code or assertion counts no more: only a person can help. */
export class GrantRefused extends Error {
  readonly code: string;

  constructor(code: string, options?: { readonly cause?: unknown }) {
    super(`The authorization server refused the grant (${code})`, options);
    this.name = 'GrantRefused';
    this.code = code;
  }
}
