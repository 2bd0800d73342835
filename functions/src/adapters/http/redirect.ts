/**
 * What the next request of a redirect looks like: 303, and 301 or 302 after POST, go on as GET without the body; 307 and 308 repeat
 * the request. Another origin gets no credentials; a body never goes from https to http.
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { Answer, Outgoing } from './exchange.ts';
import { withoutBodyHeaders, withoutCredentials } from './request-headers.ts';

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Null where the answer is no redirect. `admit` is the guard's: the new URL is checked like the first. */
export function followUp(previous: Outgoing, answer: Answer, admit: (url: string) => URL): Outgoing | null {
  const location = answer.headers.location;
  if (!redirectStatuses.has(answer.status) || location === undefined || location === '') return null;
  const url = admit(absolute(location, previous.url));
  const becomesGet =
    (answer.status === 303 && previous.method !== 'GET' && previous.method !== 'HEAD') ||
    (answer.status <= 302 && previous.method === 'POST');
  const body = becomesGet ? null : previous.body;
  if (body !== null && previous.url.protocol === 'https:' && url.protocol === 'http:') throw downgraded(url);
  const kept = becomesGet ? withoutBodyHeaders(previous.headers) : previous.headers;
  return {
    method: becomesGet ? 'GET' : previous.method,
    url,
    headers: url.origin === previous.url.origin ? kept : withoutCredentials(kept),
    body,
    maxBytes: previous.maxBytes,
  };
}

/** An absolute location goes to the guard as it is written, so that it sees what the URL parser would repair. */
function absolute(location: string, base: URL): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location) || location.includes('\\')) return location;
  return URL.canParse(location, base.href) ? new URL(location, base).href : location;
}

function downgraded(url: URL): StepError {
  return new StepError({
    code: 'EGRESS_REFUSED',
    message: `The redirect to ${url.origin} was refused: it would send the body unencrypted.`,
    class: 'other',
    retryable: false,
  });
}
