/**
 * Decides whether a URL may be dialled, in two steps: `admit` judges the text (spelling, scheme, literal addresses, metadata names),
 * `admitAddresses` judges what a name resolved to. Both must say yes; one bad address among good ones refuses the name.
 */
import { StepError } from '@automateos/shared/model/step-error';
import { parseAddress, refusedRange } from './address-kind.ts';
import type { AllowList } from './allow-list.ts';

export type EgressGuard = {
  /** Throws EGRESS_REFUSED or URL_INVALID. */
  readonly admit: (rawUrl: string) => URL;
  /** Throws EGRESS_REFUSED. `host` as in URL.hostname. */
  readonly admitAddresses: (host: string, addresses: readonly string[]) => void;
};

/** Services that hand out the machine's own identity, by name: refused even where the resolver is not ours. */
const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.packet.net',
  'metadata.platformequinix.com',
]);

/** What the URL parser would silently repair, so that we and it could read two different hosts: control characters, backslashes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
const repaired = /[\u0000-\u001f\u007f]|^[^?#]*\\/;

/** RFC 6761: no other machine, whatever the resolver says. */
const isLoopbackName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');
const loopback = ['127.0.0.1', '::1'].flatMap((text) => parseAddress(text) ?? []);

export function createEgressGuard(allow: AllowList): EgressGuard {
  function admitHost(url: URL): void {
    const host = bareHost(url.hostname);
    if (allow.hasHost(host)) return;
    if (metadataNames.has(host)) throw refused(url.host, 'it is a metadata service');
    if (isLoopbackName(host) && !loopback.some((address) => allow.hasAddress(address)))
      throw refused(url.host, 'it is this machine itself');
    const address = parseAddress(url.hostname);
    if (address === null || allow.hasAddress(address)) return;
    const range = refusedRange(address);
    if (range !== null) throw refused(url.host, `${address.toString()} is not a public address (${range})`);
  }

  return {
    admit(rawUrl) {
      const url = parseHttpUrl(rawUrl);
      admitHost(url);
      return url;
    },
    admitAddresses(hostname, addresses) {
      const host = bareHost(hostname);
      if (allow.hasHost(host)) return;
      for (const text of addresses) {
        const address = parseAddress(text);
        if (address === null) throw refused(host, 'the name resolved to something that is no address');
        if (allow.hasAddress(address)) continue;
        const range = refusedRange(address);
        if (range !== null) throw refused(host, `the name resolves to ${text}, which is not a public address (${range})`);
      }
    },
  };
}

function parseHttpUrl(raw: string): URL {
  if (repaired.test(raw)) throw refused('this URL', 'it contains a control character or a backslash');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(raw)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https' && !/^[^/]*:\d/.test(raw)) {
    throw refused('this URL', `only http and https are allowed, not ${scheme}`);
  }
  if (!/^https?:\/\/[^/?#]/i.test(raw)) throw invalid('a URL starts with http:// or https:// and a host name');
  let url: URL;
  try {
    url = new URL(raw);
  } catch (cause) {
    throw invalid('it cannot be parsed', cause);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(url.host, 'a user name or password in the URL is not allowed; use a credential or the Authorization header');
  }
  url.hash = '';
  return url;
}

/** Lower case already; without brackets and the root dot. */
function bareHost(hostname: string): string {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return host.replace(/\.+$/, '');
}

function refused(target: string, reason: string): StepError {
  return new StepError({
    code: 'EGRESS_REFUSED',
    message: `The request to ${target} was refused: ${reason}. The operator can open addresses with AUTOMATEOS_EGRESS_ALLOW.`,
    class: 'other',
    retryable: false,
  });
}

function invalid(reason: string, cause?: unknown): StepError {
  return new StepError(
    { code: 'URL_INVALID', message: `The URL is not valid: ${reason}.`, class: 'other', retryable: false },
    { cause },
  );
}
