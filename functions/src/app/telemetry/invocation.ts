/**
 * What entry points wrap around the work of a cloud function: its span, under whatever the verified message or task carries, and the
 * delivery of what was recorded before the answer goes out and the CPU is taken away.
 */
import type { Attributes, Span } from '@automateos/shared/ports/telemetry';
import type { App } from '../app-context.ts';
import { metrics } from './metric-names.ts';

export type Invocation = {
  /** Name in infra/topology.json. */
  readonly function: string;
  /** What called it. */
  readonly trigger: 'pubsub' | 'task' | 'schedule';
  /** From the message's attributes or the task's header. Only after its token was verified: a stranger's is not believed. */
  readonly traceparent?: string | undefined;
};

/** `work` gets the traceparent of the invocation, for runBranch. */
export async function invoke<T>(
  { telemetry }: App,
  invocation: Invocation,
  work: (invokedBy: string | undefined) => Promise<T>,
): Promise<T> {
  try {
    if (!telemetry.tracing) return await work(undefined);
    const span = telemetry.startSpan(`function ${invocation.function}`, {
      kind: 'server',
      parent: invocation.traceparent ?? null,
      attributes: attributesOf(invocation),
    });
    return await endWith(span, () => telemetry.within(span, () => work(span.traceparent)));
  } finally {
    await telemetry.flush();
  }
}

async function endWith<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.fail('failed');
    throw error;
  } finally {
    span.end();
  }
}

function attributesOf({ function: name, trigger }: Invocation): Attributes {
  return { 'faas.name': name, 'faas.trigger': trigger === 'schedule' ? 'timer' : 'pubsub' };
}

/**
 * Call it with each request and the process's age in ms (`performance.now()` of a Node process): the first one is its cold start, which is
 * counted and logged. Answers whether it was the first.
 */
export function createFirstRequest({ telemetry, logger }: App, name: string): (ageMs: number) => boolean {
  let first = true;
  return (ageMs) => {
    if (!first) return false;
    first = false;
    if (telemetry.metering) telemetry.record(metrics.coldStarts, ageMs / 1_000, { function: name });
    logger.info('cold-start', { function: name, initMs: Math.round(ageMs) });
    return true;
  };
}
