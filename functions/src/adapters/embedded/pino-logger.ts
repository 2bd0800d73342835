/** Structured logs on standard error, one JSON object per line, with Cloud Logging's severities. */
import type { JsonObject } from '@automateos/shared/model/json';
import type { Logger } from '@automateos/shared/ports/logger';
import { type Logger as Pino, pino } from 'pino';
import { redactFields } from '../log-redaction.ts';

const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export function createPinoLogger(level: LogLevel): Logger {
  const root = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }),
        log: (fields) => redactFields(fields as JsonObject), // the port takes no others
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return wrap(root);
}

function wrap(logger: Pino): Logger {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields, cause) => logger.error({ ...fields, ...describe(cause) }, event),
    with: (fields) => wrap(logger.child(fields)),
  };
}

function describe(cause: unknown): Record<string, string> {
  if (cause === undefined) return {};
  return cause instanceof Error ? { error: cause.message, stack: cause.stack ?? '' } : { error: String(cause) };
}
