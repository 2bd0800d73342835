/**
 * Headers that a workflow may set. Those that frame the message, pick another virtual host or open a metadata service are refused;
 * on a redirect to another origin only headers that cannot carry a credential go along.
 */
import { StepError } from '@automateos/shared/model/step-error';

export type HeaderMap = Map<string, string>;

const refusedNames = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'http2-settings',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-connection',
  'metadata',
  'metadata-flavor',
  'x-google-metadata-request',
  'x-aws-ec2-metadata-token',
  'x-aws-ec2-metadata-token-ttl-seconds',
]);

/** Any other header may be a credential of the origin it was written for. */
const travelsAcrossOrigins = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-modified-since',
  'if-none-match',
  'range',
  'traceparent',
  'user-agent',
]);

const describesBody = ['content-type', 'content-encoding', 'content-language', 'content-location'];

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const value = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Lower-case names. Throws HEADER_REFUSED. */
export function requestHeaders(given: Readonly<Record<string, string>>, userAgent: string): HeaderMap {
  const headers: HeaderMap = new Map();
  for (const [name, text] of Object.entries(given)) {
    const lower = name.toLowerCase();
    if (!token.test(name)) throw refusedHeader(JSON.stringify(name.slice(0, 64)), 'is not a header name');
    if (refusedNames.has(lower)) throw refusedHeader(name, 'is set by the platform and cannot be set by a workflow');
    if (headers.has(lower)) throw refusedHeader(name, 'is given twice, in different cases');
    const trimmed = text.trim();
    if (!value.test(trimmed)) throw refusedHeader(name, 'has a value with line breaks or characters outside Latin-1');
    headers.set(lower, trimmed);
  }
  if (!headers.has('user-agent')) headers.set('user-agent', userAgent);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip, deflate, br');
  return headers;
}

/** What may follow a redirect to another origin. */
export function withoutCredentials(headers: HeaderMap): HeaderMap {
  return new Map([...headers].filter(([name]) => travelsAcrossOrigins.has(name)));
}

/** What remains when a redirect turned the request into a GET. */
export function withoutBodyHeaders(headers: HeaderMap): HeaderMap {
  return new Map([...headers].filter(([name]) => !describesBody.includes(name)));
}

function refusedHeader(name: string, reason: string): StepError {
  return new StepError({ code: 'HEADER_REFUSED', message: `The header ${name} ${reason}.`, class: 'other', retryable: false });
}
