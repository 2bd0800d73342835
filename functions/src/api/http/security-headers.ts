/**
 * Headers of every answer. Nothing may be embedded, sniffed or cached by default; scripts only from our own files; no CORS header is
 * ever sent, so no other origin reads an answer.
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

export function securityHeaders(kind: 'api' | 'page'): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy[kind],
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(kind === 'api' ? { 'cache-control': 'no-store' } : {}),
  };
}
