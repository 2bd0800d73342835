/** The embedded server as an operator sees it: scraped by Prometheus, pushing spans and metrics to an OTLP collector, here on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type LoopbackServer, startLoopbackServer } from '../testing/loopback-server.ts';
import { parsePrometheus } from '../testing/parse-prometheus.ts';
import { signIn, startServerProcess } from '../testing/server-process.ts';

/** As much of the OTLP/JSON encoding as is looked at. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const Resource = z.object({ attributes: z.array(z.object({ key: z.string(), value: z.looseObject({}) })) });
const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: Resource,
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.looseObject({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              name: z.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});
const Metrics = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: Resource,
      scopeMetrics: z.array(z.object({ metrics: z.array(z.looseObject({ name: z.string(), unit: z.string() })) })),
    }),
  ),
});

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'automateos-observability-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function received<S extends z.ZodType>(collector: LoopbackServer, path: string, schema: S): z.infer<S>[] {
  return collector.seen.filter(({ url }) => url === path).map(({ body }) => schema.parse(JSON.parse(body.toString('utf8'))));
}

it('sends the spans of an execution and the metrics to the collector before it ends, and answers a scrape', async () => {
  await using collector = await startLoopbackServer(() => ({ headers: { 'content-type': 'application/json' }, body: '{}' }));
  await using server = await startServerProcess({
    dataDir,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=collector%20key',
      OTEL_SERVICE_NAME: 'flows',
    },
  });
  const call = await signIn(server.url);
  const nodes = [
    { id: 'go', type: 'trigger.manual' },
    { id: 'set', type: 'data.set', params: { values: { secret: 'CaNaRy-91' } } },
    { id: 'wait', type: 'flow.wait', params: { durationMs: 20 } },
  ];
  const definition = {
    name: 'observed',
    nodes,
    edges: [
      { from: 'go', to: 'set' },
      { from: 'set', to: 'wait' },
    ],
  };
  const created = await call('POST', '/v1/workflows?activate=true', JSON.parse(JSON.stringify(definition)));
  expect(created.status).toBe(201);
  const { id } = created.body as { id: string };
  const ran = await call('POST', `/v1/workflows/${id}/executions`, { input: {} }, { prefer: 'wait=20' });
  const { traceId } = (await call('GET', `/v1/executions/${(ran.body as { id: string }).id}`)).body as { traceId: string };
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);

  const scrape = await fetch(`${server.url}/metrics`);
  expect(scrape.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await scrape.text();
  const finished = parsePrometheus(text).get('automateos_executions_finished_total');
  expect(finished?.samples).toEqual([
    { name: 'automateos_executions_finished_total', labels: { status: 'succeeded' }, value: 1 },
  ]);
  expect((await fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401);

  expect((await server.end('SIGTERM')).code).toBe(0);
  const traces = received(collector, '/v1/traces', Traces).flatMap(({ resourceSpans }) => resourceSpans);
  const spans = traces.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const names = spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'POST /v1/workflows/{id}/executions',
      'branch',
      'step trigger.manual',
      'step data.set',
      'step flow.wait',
    ]),
  );
  const pushed = received(collector, '/v1/metrics', Metrics).flatMap(({ resourceMetrics }) => resourceMetrics);
  const metricNames = pushed.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
  );
  expect(metricNames).toEqual(expect.arrayContaining(['automateos.executions.finished', 'http.server.request.duration']));
  for (const { resource } of [...traces, ...pushed])
    expect(resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'flows' } });
  for (const request of collector.seen) {
    expect(request.headers['x-api-key']).toBe('collector key');
    expect(request.body.toString('utf8')).not.toContain('CaNaRy-91');
  }
  expect(text).not.toContain('CaNaRy-91');
});

it('a collector that is not there costs a line in the log, and nothing else', async () => {
  await using server = await startServerProcess({
    dataDir,
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces', AUTOMATEOS_METRICS: 'off' },
  });
  const call = await signIn(server.url);
  expect((await call('GET', '/v1/workflows')).status).toBe(200);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect((await server.end('SIGTERM')).code).toBe(0);
  expect(server.output()).toMatch(/"event":"telemetry-export-failed"/);
});
