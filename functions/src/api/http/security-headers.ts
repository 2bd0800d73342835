/**
 * Headers of every answer. Nothing may be embedded, sniffed or cached by default; scripts only from our own files; no other
 * origin reads an answer unless the operator has named it (cors.ts). As OWASP's REST and HTTP headers cheat sheets ask.
 */
const contentSecurityPolicy = {
  api: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  page: [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; '),
} as const;

/** For installations that are reached by https: browsers never try without. */
export const strictTransport = ['strict-transport-security', 'max-age=31536000'] as const;

export function securityHeaders(kind: 'api' | 'page'): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy[kind],
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-permitted-cross-domain-policies': 'none',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(kind === 'api' ? { 'cache-control': 'no-store' } : {}),
  };
}
