import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Gcloud } from './gcloud.ts';
import { createGcloud, GcloudError } from './gcloud.ts';
import { type Pinned, pin, type Rollout, rollback, type ShiftOptions, shift } from './rollout.ts';
import { serviceNames } from './services.ts';

type Fake = { newest: string; ready: boolean; traffic: Record<string, number> };

/** Cloud Run as far as a rollout sees it: services with revisions and shares, and a log with errors by revision. */
function fakeCloud(services: Record<string, Fake>, errors: Record<string, number> = {}) {
  const changes: string[] = [];
  const gcloud: Gcloud = {
    async ask(args) {
      const [area, , verb, name] = args;
      if (area === 'logging') return Array.from({ length: errorsIn(String(args[2])) }, (_, at) => `id${at}\n`).join('');
      if (verb === 'list') return String(args[3]?.replace('--filter=metadata.name=', '') ?? '') in services ? 'there\n' : '';
      const service = services[name ?? ''];
      if (service === undefined) throw new GcloudError('no such service');
      const { newest, ready, traffic } = service;
      const shares = Object.entries(traffic).map(([revisionName, percent]) => ({ revisionName, percent }));
      const latestReadyRevisionName = ready ? newest : Object.keys(traffic)[0];
      return JSON.stringify({ status: { latestCreatedRevisionName: newest, latestReadyRevisionName, traffic: shares } });
    },
    async change(args) {
      changes.push(`${args[3]} ${args[4]}`);
      const service = services[args[3] ?? ''];
      const given = /^--to-revisions=(.*)$/.exec(args[4] ?? '')?.[1];
      if (service === undefined) throw new GcloudError('no such service');
      const shares = given?.split(',').map((share) => share.split('=')) ?? [[service.newest, '100']];
      service.traffic = Object.fromEntries(shares.map(([revision, percent]) => [revision, Number(percent)]));
    },
  };
  const errorsIn = (filter: string): number =>
    Object.entries(errors).reduce((sum, [revision, count]) => sum + (filter.includes(`"${revision}"`) ? count : 0), 0);
  return { gcloud, changes, services };
}

const names = ['automateos-worker', 'automateos-api'];
const oldRelease = (): Record<string, Fake> => ({
  'automateos-worker': { newest: 'worker-1', ready: true, traffic: { 'worker-1': 100 } },
  'automateos-api': { newest: 'api-1', ready: true, traffic: { 'api-1': 100 } },
});

function rolloutOf(cloud: { gcloud: Gcloud }): Rollout & { lines: string[] } {
  const lines: string[] = [];
  return { gcloud: cloud.gcloud, names, lines, say: (line) => void lines.push(line) };
}

const options = (more: Partial<ShiftOptions> = {}): ShiftOptions => ({
  ...{ steps: [10, 50, 100], pauseMs: 0, mostErrors: 5, now: () => 0 },
  sleep: async () => {},
  answers: async () => true,
  ...more,
});

/** Pins, then makes new revisions as `terraform apply` does. */
async function deployed(cloud: ReturnType<typeof fakeCloud>): Promise<Pinned> {
  const pinned = await pin(rolloutOf(cloud));
  for (const [name, service] of Object.entries(cloud.services)) service.newest = `${name.replace('automateos-', '')}-2`;
  return pinned;
}

describe('a rollout', () => {
  it('moves traffic in steps, workers before those who give them work', async () => {
    const cloud = fakeCloud(oldRelease());
    const pinned = await deployed(cloud);
    cloud.changes.length = 0;
    expect(await shift(rolloutOf(cloud), pinned, options())).toBe(true);
    expect(cloud.changes).toEqual([
      'automateos-worker --to-revisions=worker-2=10,worker-1=90',
      'automateos-api --to-revisions=api-2=10,api-1=90',
      'automateos-worker --to-revisions=worker-2=50,worker-1=50',
      'automateos-api --to-revisions=api-2=50,api-1=50',
      'automateos-worker --to-revisions=worker-2=100',
      'automateos-api --to-revisions=api-2=100',
      'automateos-worker --to-latest',
      'automateos-api --to-latest',
    ]);
  });

  it.each([
    ['logs errors', { errors: { 'worker-2': 6 } }, {}],
    ['does not answer', {}, { answers: async () => false }],
  ] as const)('goes back at the first step when the new release %s', async (_, { errors = {} }: { errors?: object }, more) => {
    const cloud = fakeCloud(oldRelease(), { ...errors });
    const pinned = await deployed(cloud);
    const rollout = rolloutOf(cloud);
    expect(await shift(rollout, pinned, options(more))).toBe(false);
    expect(rollout.lines.join('\n')).toContain('rolled back at 10 %');
    expect(cloud.services['automateos-api']?.traffic).toEqual({ 'api-1': 100 });
    expect(cloud.services['automateos-worker']?.traffic).toEqual({ 'worker-1': 100 });
  });

  it('gives nothing to a revision that has not come up', async () => {
    const cloud = fakeCloud(oldRelease());
    const pinned = await deployed(cloud);
    const api = cloud.services['automateos-api'];
    if (api) api.ready = false;
    cloud.changes.length = 0;
    expect(await shift(rolloutOf(cloud), pinned, options())).toBe(false);
    expect(cloud.changes.join()).not.toContain('-2');
  });

  it('of the very first release gives everything to it, and skips services that nothing changed', async () => {
    const cloud = fakeCloud({ 'automateos-api': { newest: 'api-1', ready: true, traffic: { 'api-1': 100 } } });
    expect(await shift(rolloutOf(cloud), {}, options({ steps: [100] }))).toBe(true);
    expect(cloud.changes[0]).toBe('automateos-api --to-revisions=api-1=100');
    cloud.changes.length = 0;
    expect(await shift(rolloutOf(cloud), { 'automateos-api': 'api-1' }, options())).toBe(true);
    expect(cloud.changes).toEqual([]);
  });

  it('is undone by hand with what was pinned', async () => {
    const cloud = fakeCloud(oldRelease());
    const pinned = await deployed(cloud);
    await shift(rolloutOf(cloud), pinned, options());
    await rollback(rolloutOf(cloud), pinned);
    expect(cloud.services['automateos-worker']?.traffic).toEqual({ 'worker-1': 100 });
  });

  it('knows every function of the topology, public ones last', () => {
    const all = serviceNames();
    expect(all.slice(-3).toSorted()).toEqual(['automateos-api', 'automateos-live', 'automateos-webhook']);
    expect(all).toHaveLength(10);
  });
});

describe('the command line behind it', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'automateos-gcloud-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function fakeProgram(script: string): string {
    const file = join(folder, 'gcloud');
    writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\n${script}\n`, { mode: 0o755 });
    return file;
  }

  it('is given project and --quiet, and in a dry run changes nothing', async () => {
    const say: string[] = [];
    const common = ['--project=p'];
    const program = fakeProgram('echo answer');
    const dry = createGcloud({ program, common, dryRun: true, say: (line) => void say.push(line) });
    expect(await dry.ask(['run', 'services', 'list'])).toBe('answer\n');
    await dry.change(['run', 'services', 'update-traffic', 'api']);
    expect(say).toEqual(['would run: gcloud run services update-traffic api']);
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('run services list --project=p --quiet\n');
  });

  it('that fails says what it was asked and what it answered', async () => {
    const program = fakeProgram('echo "no permission" >&2; exit 1');
    const gcloud = createGcloud({ program, common: [], dryRun: false, say: () => {} });
    await expect(gcloud.change(['run', 'x'])).rejects.toThrow(/run x failed: no permission/);
  });
});
