/** The metrics say what happened, no more and no less, in a format that Prometheus reads, with labels of a known few values. */
import { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { Logger } from '@automateos/shared/ports/logger';
import { beforeEach, expect, it } from 'vitest';
import { asDocument } from '../app/engine/as-document.ts';
import { startExecution } from '../app/engine/start-execution.ts';
import { sweep } from '../app/engine/sweep.ts';
import { metrics } from '../app/telemetry/metric-names.ts';
import { observeProcess } from '../app/telemetry/observe-process.ts';
import { createApiFixture } from '../testing/api-fixture.ts';
import { parsePrometheus } from '../testing/parse-prometheus.ts';
import { createRecordingTelemetry } from '../testing/recording-telemetry.ts';
import { deploy, edges, effect, start } from '../testing/run-definition.ts';
import { owner } from '../testing/test-app.ts';
import { createTwoProcesses, type TwoProcesses } from '../testing/two-processes.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

let both: TwoProcesses;
beforeEach(async () => {
  both = await createTwoProcesses(silent);
});

let workflows = 0;

async function begin(value: string): Promise<string> {
  const { app } = both.front;
  workflows += 1;
  const { workflowId } = await deploy(app, {
    name: `workflow ${workflows}`,
    nodes: [start, effect('only', value, { retry: { maxAttempts: 2, initialMs: 1_000, jitter: false } })],
    edges: edges('go>only'),
  });
  return (await startExecution(app, owner, { workflowId, input: {}, trigger: { kind: 'manual' } })).executionId;
}

/** Sum over the series of both processes that have these labels. */
function total(name: string, labels: Readonly<Record<string, string>> = {}): number {
  let sum = 0;
  for (const { telemetry } of [both.front, both.worker]) {
    for (const { samples } of parsePrometheus(telemetry.prometheus()).values())
      for (const sample of samples)
        if (sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
          sum += sample.value;
  }
  return sum;
}

/** As if its worker had died in it for the fourth time. */
async function leaveCrashed(executionId: string): Promise<void> {
  const { store, clock } = both.worker.app;
  const at = await store.get(paths.branch(owner.org, executionId, '$start'));
  if (!at) throw new Error('no branch');
  const branch = Branch.parse(at.data);
  const claim = { id: 'clm_dead', n: 1, leaseUntil: new Date(clock.now() - 1).toISOString() };
  const data = asDocument({ ...branch, status: 'running', crashes: 4, claim });
  await store.commit([{ kind: 'update', path: at.path, version: at.version, data }]);
}

it('count what happened: starts, ends, attempts, crashes, rescues, dead letters', async () => {
  const { app } = both.worker;
  app.effects.behave = ({ params }) => {
    if (params.value === 'bad') throw new Error('no');
    return { output: null };
  };
  for (let each = 0; each < 3; each += 1) await begin('good');
  await begin('bad');
  await both.deliver();
  await app.fakeClock.advance(10_000);
  await both.deliver();
  const crashing = await begin('good');
  await leaveCrashed(crashing);
  await both.deliver();
  await begin('good');
  both.messages.length = 0;
  await app.fakeClock.advance(90_000);
  await sweep(app);
  await both.deliver();
  expect(total('automateos_executions_started_total', { trigger: 'manual' })).toBe(6);
  expect(total('automateos_executions_finished_total', { status: 'succeeded' })).toBe(4);
  expect(total('automateos_executions_finished_total', { status: 'failed' })).toBe(2);
  expect(total('automateos_executions_finished_total')).toBe(6);
  const step = { node_type: 'test.effect' };
  expect(total('automateos_step_duration_seconds_count', { ...step, outcome: 'succeeded' })).toBe(4);
  expect(total('automateos_step_duration_seconds_count', { ...step, outcome: 'failed' })).toBe(2);
  expect(total('automateos_steps_pure_total', { node_type: 'trigger.manual', outcome: 'succeeded' })).toBe(6);
  expect(total('automateos_branch_takeovers_total')).toBe(1);
  expect(total('automateos_dead_letters_total', { reason: 'crashed' })).toBe(1);
  expect(total('automateos_sweep_announced_total', { kind: 'queued' })).toBe(1);
  expect(total('automateos_queue_lag_seconds_count', { kind: 'timer' })).toBe(1);
});

it('queue lag is the time from the announcement to the claim, by the document alone', async () => {
  await begin('good');
  await both.worker.app.fakeClock.advance(7_000);
  await both.deliver();
  expect(total('automateos_queue_lag_seconds_count', { kind: 'queued', pool: 'branches' })).toBe(1);
  expect(total('automateos_queue_lag_seconds_sum', { kind: 'queued' })).toBe(7);
});

it('have no label beyond those of the list, and no series for an id or a name', async () => {
  for (const value of ['one', 'two', 'three']) await begin(value);
  await both.deliver();
  const known = new Map<string, readonly string[]>(
    Object.values(metrics).map((metric) => [
      metric.name.replaceAll('.', '_'),
      metric.labels.map((label) => label.replaceAll('.', '_')),
    ]),
  );
  const families = parsePrometheus(both.worker.telemetry.prometheus());
  expect(families.size).toBeGreaterThan(3);
  for (const { name, samples } of families.values()) {
    if (name === 'target_info') continue;
    const labels = known.get(name.replace(/(_seconds)?(_total)?$/, ''));
    expect(labels, name).toBeDefined();
    for (const sample of samples)
      for (const label of Object.keys(sample.labels)) if (label !== 'le') expect(labels).toContain(label);
  }
});

it('requests are timed by route template and status, whatever the address', async () => {
  const telemetry = createRecordingTelemetry();
  const api = await createApiFixture({ telemetry });
  observeProcess(api.app);
  await api.call('GET', '/v1/workflows/wf_one');
  await api.call('GET', '/v1/workflows/wf_two');
  await api.call('GET', '/nowhere/at/all');
  await api.call('GET', '/v1/workflows', undefined, { authorization: null });
  const samples = [...parsePrometheus(telemetry.prometheus()).values()].flatMap((family) => family.samples);
  const counts = samples
    .filter(({ name }) => name === 'http_server_request_duration_seconds_count')
    .map(({ labels, value }) => [labels.http_route ?? '', labels.http_response_status_code, value]);
  expect(counts).toEqual([
    ['/v1/workflows/{id}', '404', 2],
    ['', '404', 1],
    ['/v1/workflows', '401', 1],
  ]);
  expect(
    samples.find(({ name, labels }) => name === 'automateos_store_operations_total' && labels.operation === 'read')?.value,
  ).toBe(api.app.store.stats().reads);
  const spans = await telemetry.spans();
  expect(spans.map(({ name }) => name)).toEqual(['GET /v1/workflows/{id}', 'GET /v1/workflows/{id}', 'GET /v1/workflows']);
});
