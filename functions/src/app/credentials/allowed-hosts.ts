/**
 * Where a credential may be sent: exact hosts, or `*.example.com` for every host below one; with a port where it is not the scheme's own. A
 * step that uses the credential reaches nothing else, so that no template, expression or answer can carry it away. Redirects to another
 * origin carry no credential anyway (the HTTP client drops it).
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import { z } from 'zod';

const hostPattern =
  /^(\*\.(?=[^:]+\.))?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/;

export const AllowedHosts = z
  .array(
    z
      .string()
      .max(300)
      .toLowerCase()
      .regex(hostPattern, 'is a host such as api.example.com, *.example.com or localhost:8443')
      .refine((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 0) <= 65_535, 'has a port of at most 65535'),
  )
  .max(50)
  .describe('Where it may be sent: api.example.com, *.example.com, host:port. Empty = wherever its kind allows');

export function isAllowedHost(hosts: readonly string[], url: URL): boolean {
  const name = url.hostname.replace(/\.$/, '').toLowerCase();
  const host = url.port === '' ? name : `${name}:${url.port}`;
  return hosts.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}

/** The same client, for requests to these hosts alone. Throws StepError CREDENTIAL_HOST_REFUSED for any other. */
export function restrictedTo(hosts: readonly string[], name: string, http: HttpClient): HttpClient {
  if (hosts.length === 0) return http;
  return {
    ...http,
    async send(request) {
      const url = URL.canParse(request.url) ? new URL(request.url) : null;
      // an address that does not parse is the client's to refuse
      if (url !== null && !isAllowedHost(hosts, url)) throw refused(hosts, name, url.host);
      return http.send(request);
    },
  };
}

function refused(hosts: readonly string[], name: string, host: string): StepError {
  const message = `The credential ${name} may be sent to ${hosts.join(', ')} only, not to ${host}.`;
  return new StepError({ code: 'CREDENTIAL_HOST_REFUSED', message, retryable: false });
}
