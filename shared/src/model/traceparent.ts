/**
 * W3C Trace Context, the header `traceparent`: `00-{trace id}-{span id}-{flags}`. Read strictly; what is malformed is as good as absent.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export type TraceIds = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

const shape = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** null for what is none. Later versions are read by the fields they share with version 00. */
export function parseTraceparent(text: string | null | undefined): TraceIds | null {
  if (text === null || text === undefined || text.length > 256) return null;
  const match = shape.exec(text);
  if (match === null || (text.startsWith('00') && match[4] !== undefined)) return null;
  const [, traceId = '', spanId = '', flags = '0'] = match;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceIds): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
