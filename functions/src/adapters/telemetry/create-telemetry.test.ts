import type { Metric } from '@automateos/shared/ports/telemetry';
import { describe, expect, it } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../testing/loopback-server.ts';
import { createTelemetry, type TelemetryOptions } from './create-telemetry.ts';

const counter: Metric = { name: 'things', kind: 'counter', unit: '{thing}', description: 'Things', labels: ['kind'] };

function open(changes: Partial<TelemetryOptions>) {
  const failures: string[] = [];
  const telemetry = createTelemetry({
    ...{ service: { name: 'test', version: '1', instance: 'one' }, metering: false, sampleRatio: 1, metricsIntervalMs: 60_000 },
    now: Date.now,
    onExportFailure: (signal, reason) => failures.push(`${signal}: ${reason}`),
    ...changes,
  });
  return telemetry.then((opened) => Object.assign(opened, { failures }));
}

const to = ({ origin }: LoopbackServer) => ({ url: `${origin}/v1/traces`, headers: {} });
const namesSent = ({ seen }: LoopbackServer): string[] =>
  seen.flatMap(({ body }) => [...body.toString('utf8').matchAll(/"name":"(span \d)"/g)].map(([, name = '']) => name));

describe('telemetry that goes nowhere', () => {
  it('is off: no span, no metric, and nobody has to look first', async () => {
    const telemetry = await open({});
    expect([telemetry.tracing, telemetry.metering, telemetry.current()]).toEqual([false, false, undefined]);
    const span = telemetry.startSpan('any');
    expect(telemetry.within(span, () => telemetry.current())).toBeUndefined();
    telemetry.add(counter, 1);
    await telemetry.flush();
    expect(await telemetry.prometheus()).not.toContain('things');
    await telemetry.close();
  });
});

describe('spans', () => {
  it('are with the collector when flush resolves, those of a caller that came while another flush was under way too', async () => {
    await using collector = await startLoopbackServer(() => ({ body: '{}' }));
    const telemetry = await open({ tracesTo: to(collector) });
    telemetry.startSpan('span 1').end();
    const first = telemetry.flush();
    telemetry.startSpan('span 2').end();
    await Promise.all([telemetry.flush(), telemetry.flush()]);
    expect(namesSent(collector).sort()).toEqual(['span 1', 'span 2']);
    await first;
    await telemetry.close();
  });

  it('follow the decision of their root, and a share of zero sends none', async () => {
    await using collector = await startLoopbackServer(() => ({ body: '{}' }));
    const telemetry = await open({ tracesTo: to(collector), sampleRatio: 0 });
    const root = telemetry.startSpan('span 1', { parent: null });
    expect(root.traceparent).toMatch(/-00$/);
    const sampled = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    telemetry.startSpan('span 2', { parent: root.traceparent }).end();
    telemetry.startSpan('span 3', { parent: sampled }).end();
    root.end();
    await telemetry.close();
    expect(namesSent(collector)).toEqual(['span 3']);
  });

  it('keep nobody waiting for a collector that does not answer', async () => {
    await using collector = await startLoopbackServer((_, response) => {
      response.flushHeaders();
      return undefined;
    });
    let now = 0;
    const telemetry = await open({ tracesTo: to(collector), now: () => now });
    telemetry.startSpan('span 1').end();
    await telemetry.flush();
    const asked = collector.seen.length;
    telemetry.startSpan('span 2').end();
    await telemetry.flush();
    expect(collector.seen.length).toBe(asked);
    now = 60_000;
    await telemetry.close();
    expect(telemetry.failures).toHaveLength(1);
  });
});

describe('the current span', () => {
  it('follows asynchronous work, each its own', async () => {
    await using collector = await startLoopbackServer(() => ({ body: '{}' }));
    const telemetry = await open({ tracesTo: to(collector) });
    const seen = await Promise.all(
      [1, 2, 3].map(async (each) => {
        const span = telemetry.startSpan(`span ${each}`, { parent: null });
        return telemetry.within(span, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          const below = telemetry.startSpan('below');
          return [telemetry.current() === span.traceparent, below.traceparent.slice(3, 35) === span.traceparent.slice(3, 35)];
        });
      }),
    );
    expect(seen).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(telemetry.current()).toBeUndefined();
    await telemetry.close();
  });
});

describe('the tally', () => {
  it('has a bound: series beyond it are counted together, and labels that the metric does not name are dropped', async () => {
    const telemetry = await open({ metering: true });
    for (let each = 0; each < 3_000; each += 1) telemetry.add(counter, 1, { kind: `k${each}`, tenant: 'secret' });
    const text = await telemetry.prometheus();
    const values = [...text.matchAll(/^things_total\{(.*)\} (\d+)$/gm)].map(([, labels, value]) => [labels, Number(value)]);
    expect(values).toHaveLength(2_001);
    expect(values.at(-1)).toEqual(['otel_metric_overflow="true"', 1_000]);
    expect(text).not.toContain('secret');
  });
});
