/**
 * Outgoing HTTP on behalf of a tenant. The adapter refuses private, loopback, link-local, metadata and reserved addresses in every
 * spelling, after name resolution and again on every redirect, unless the operator allow-listed them; it dials the very address that
 * it checked; it ignores proxies from the environment.
 */
export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  /** On a redirect to another origin only those that cannot be credentials go along. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly followRedirects: boolean;
  /** Whole exchange, milliseconds. */
  readonly timeoutMs: number;
  /** Cap of the decoded response body, bytes. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
};

export type HttpResponse = {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
};

export interface HttpClient {
  /**
   * Any status is an answer. Throws StepError: EGRESS_REFUSED, URL_INVALID, HEADER_REFUSED, REQUEST_INVALID, HTTP_TIMEOUT, HTTP_NETWORK,
   * RESPONSE_TOO_LARGE, TOO_MANY_REDIRECTS; when the signal aborts, its reason where that is a StepError, else INTERRUPTED.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /**
   * What `send` would refuse by the text of a URL alone: rejects with StepError EGRESS_REFUSED, URL_INVALID. For addresses that are stored to be
   * used later, so that whoever writes them hears of it; what a name resolves to is judged with each connection. Fakes may lack it.
   */
  check?(url: string): Promise<void>;
}
