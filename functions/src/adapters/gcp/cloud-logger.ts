/**
 * Structured logs for Cloud Logging: one JSON object per line on standard output, which Cloud Run and Cloud Functions take in. Known ids
 * become labels, the current span its trace, errors the format that Error Reporting groups by. https://cloud.google.com/logging/docs/structured-logging
 *
 * `event` names what happened (app/telemetry/log-events.ts); `message` is the same for a person's eyes.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import { parseTraceparent } from '@automateos/shared/model/traceparent';
import type { Logger } from '@automateos/shared/ports/logger';
import { redactFields, redactText } from '../log-redaction.ts';

export type CloudLogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type CloudLoggerOptions = {
  readonly level: CloudLogLevel;
  readonly projectId: string;
  /** What Error Reporting groups under. */
  readonly service: string;
  readonly version: string;
  /** W3C traceparent of the current span. */
  readonly trace: () => string | undefined;
  /** Epoch ms. */
  readonly now: () => number;
  /** Takes a line without its end; standard output when absent. */
  readonly write?: (line: string) => void;
};

type Fields = Readonly<Record<string, JsonValue | undefined>>;
type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

const ranks: Readonly<Record<CloudLogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** Ids by whatever name the event gives them. */
const labelOf: Readonly<Record<string, string>> = {
  organization: 'organization',
  org: 'organization',
  workflow: 'workflow',
  workflowId: 'workflow',
  execution: 'execution',
  executionId: 'execution',
  branch: 'branch',
  branchId: 'branch',
  node: 'node',
  nodeId: 'node',
  function: 'function',
};

const reportedError = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent';
/** Cloud Logging splits or drops entries above 256 KiB. */
const lineLimit = 200 * 1024;

export function createCloudLogger(options: CloudLoggerOptions, bound: Fields = {}): Logger {
  const { level, write = toStandardOutput } = options;
  const log = (
    rank: number,
    severity: Severity,
    event: string,
    fields: Fields | undefined,
    cause?: { readonly error: unknown },
  ): void => {
    if (rank < ranks[level]) return;
    write(render(options, severity, event, { ...bound, ...fields }, cause));
  };
  return {
    debug: (event, fields) => log(0, 'DEBUG', event, fields),
    info: (event, fields) => log(1, 'INFO', event, fields),
    warn: (event, fields) => log(2, 'WARNING', event, fields),
    error: (event, fields, cause) => log(3, 'ERROR', event, fields, cause === undefined ? undefined : { error: cause }),
    with: (fields) => createCloudLogger(options, { ...bound, ...fields }),
  };
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}

function render(
  options: CloudLoggerOptions,
  severity: Severity,
  event: string,
  fields: Fields,
  cause?: { readonly error: unknown },
): string {
  const { labels, rest } = split(fields);
  const special = {
    severity,
    time: new Date(options.now()).toISOString(),
    ...(Object.keys(labels).length > 0 ? { 'logging.googleapis.com/labels': labels } : {}),
    ...traceOf(options),
  };
  const error = cause ? errorReport(options, event, cause.error) : { message: event };
  const line = JSON.stringify({ ...redactFields(rest), event, ...error, ...special });
  return line.length <= lineLimit ? line : JSON.stringify({ event, ...error, truncated: true, ...special });
}

function split(fields: Fields): { readonly labels: Record<string, string>; readonly rest: Record<string, JsonValue> } {
  const labels: Record<string, string> = {};
  const rest: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const label = Object.hasOwn(labelOf, name) && typeof value === 'string' ? labelOf[name] : undefined;
    if (label === undefined) rest[name] = value;
    else labels[label] = redactText(String(value));
  }
  return { labels, rest };
}

function traceOf({ projectId, trace }: CloudLoggerOptions): Readonly<Record<string, string | boolean>> {
  const ids = parseTraceparent(trace());
  if (ids === null) return {};
  return {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${ids.traceId}`,
    'logging.googleapis.com/spanId': ids.spanId,
    'logging.googleapis.com/trace_sampled': ids.sampled,
  };
}

/** A stack makes an error of it; what was thrown without one is reported under the event's name. */
function errorReport({ service, version }: CloudLoggerOptions, event: string, error: unknown): Record<string, JsonValue> {
  const report = { '@type': reportedError, serviceContext: { service, version } };
  if (error instanceof Error && error.stack) {
    return { ...report, message: `${event}: ${redactText(error.message)}`, stack_trace: redactText(chainOf(error)) };
  }
  const context = { reportLocation: { filePath: event, lineNumber: 1, functionName: event } };
  return { ...report, message: `${event}: ${redactText(String(error))}`, context };
}

/** The stack with those of its causes, as Node prints them. */
function chainOf(error: Error): string {
  const stacks: string[] = [];
  let each: unknown = error;
  for (let depth = 0; depth < 4 && each instanceof Error; depth += 1) {
    stacks.push(each.stack ?? String(each));
    each = each.cause;
  }
  return stacks.join('\ncaused by: ');
}
