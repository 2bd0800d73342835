import type { OpenApiInfo } from './build-openapi.ts';

export const apiInfo: OpenApiInfo = {
  title: 'AutomateOS',
  version: '1',
  description: [
    'Durable workflows: definitions, executions, triggers and everything around them.',
    'Errors are problem documents (RFC 9457) with a stable `code`. Lists are paged by `cursor` and `limit`.',
    'Sign in with POST /v1/auth/login, or send an API key; both as `Authorization: Bearer ...`.',
  ].join(' '),
};
