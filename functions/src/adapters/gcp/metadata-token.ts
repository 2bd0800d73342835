/**
 * The access token of the service account that a function runs as, from the metadata server of the machine: what Google's libraries do there,
 * without any of them in the bundle. For the OTLP endpoint of Google Cloud only; it never throws, because telemetry is never in the way.
 */
export type MetadataTokenOptions = {
  readonly projectId: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** `host:port`; the machine's own when absent. */
  readonly host?: string | undefined;
};

const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';
/** A token is fetched anew this long before it ends. */
const earlyMs = 120_000;

/** Whether this is Google's own OTLP endpoint, which wants such a token. */
export function isGoogleTelemetry(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'https:' && (hostname === 'telemetry.googleapis.com' || hostname.endsWith('.telemetry.googleapis.com'));
}

/** Headers for Google's OTLP endpoint; none where there is no metadata server (the export is refused then, and told of). */
export function googleTelemetryHeaders({ projectId, now, host = 'metadata.google.internal' }: MetadataTokenOptions) {
  let known: { readonly token: string; readonly until: number } | null = null;
  return async (): Promise<Record<string, string>> => {
    if (known === null || now() > known.until) known = await fetchToken(host, now);
    return known === null ? {} : { authorization: `Bearer ${known.token}`, 'x-goog-user-project': projectId };
  };
}

async function fetchToken(host: string, now: () => number): Promise<{ token: string; until: number } | null> {
  try {
    const response = await fetch(`http://${host}${tokenPath}`, {
      headers: { 'metadata-flavor': 'Google' },
      redirect: 'error',
      signal: AbortSignal.timeout(3_000),
    });
    const body: unknown = response.ok ? await response.json() : null;
    if (body === null || typeof body !== 'object' || !('access_token' in body) || typeof body.access_token !== 'string')
      return null;
    const seconds = 'expires_in' in body && typeof body.expires_in === 'number' ? body.expires_in : 0;
    return { token: body.access_token, until: now() + seconds * 1_000 - earlyMs };
  } catch {
    return null; // no metadata server: not on Google Cloud
  }
}
