import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { NodeTypes, StepResult } from '@automateos/shared/ports/node-runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';

let types: NodeTypes;
beforeAll(async () => {
  types = await loadNodeTypes({ folders: [import.meta.dirname] });
});

/** As the runner does it: params parsed by the manifest's schema, then evaluated. */
function run(
  type: string,
  params: JsonObject,
  rest: { input?: JsonValue; arrived?: { nodeId: string; output: JsonValue }[] } = {},
): StepResult {
  const nodeType = types.get(type);
  if (nodeType?.kind !== 'pure') throw new Error(`${type} is not pure`);
  const parsed = nodeType.manifest.params.parse(params) as JsonObject;
  return nodeType.evaluate({ nodeId: 'n', params: parsed, input: rest.input ?? null, arrived: rest.arrived ?? [] });
}

function refuses(type: string, params: JsonObject): string {
  const result = types.get(type)?.manifest.params.safeParse(params);
  return result?.success === false
    ? result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n')
    : 'accepted';
}

describe('pure node types', () => {
  it.each([
    [true, true],
    [1, true],
    ['no', true],
    [{}, true],
    [false, false],
    [0, false],
    ['', false],
    [null, false],
  ])('flow.filter judges %j by truthiness', (condition, passed) => {
    expect(run('flow.filter', { condition })).toEqual(
      passed ? { output: { passed: true } } : { output: { passed: false }, port: null },
    );
  });

  it('flow.if leaves by true or false and says which', () => {
    expect(run('flow.if', { condition: 3 })).toEqual({ output: { branch: 'true' }, port: 'true' });
    expect(run('flow.if', { condition: null })).toEqual({ output: { branch: 'false' }, port: 'false' });
  });

  it('flow.switch takes the first case that holds, else default', () => {
    const cases = [
      { name: 'a', when: false },
      { name: 'b', when: 1 },
      { name: 'c', when: true },
    ];
    expect(run('flow.switch', { cases })).toEqual({ output: { branch: 'b' }, port: 'b' });
    expect(run('flow.switch', { cases: [{ name: 'a', when: null }] })).toEqual({
      output: { branch: 'default' },
      port: 'default',
    });
  });

  it('flow.switch names its ports after its cases, whatever a draft holds', () => {
    const ports = types.get('flow.switch')?.manifest.ports;
    if (typeof ports !== 'function') throw new Error('expected a function');
    expect(ports({ cases: [{ name: 'a' }, {}, null, { name: 7 }] })).toEqual(['a', 'default']);
    expect(ports({})).toEqual(['default']);
    expect(
      refuses('flow.switch', {
        cases: [
          { name: 'a', when: 1 },
          { name: 'a', when: 2 },
        ],
      }),
    ).toContain('same name');
    expect(refuses('flow.switch', { cases: [{ name: 'default', when: 1 }] })).toContain('taken');
  });

  it('flow.merge answers outputs by node id, odd ids included', () => {
    const arrived = [
      { nodeId: 'constructor', output: 1 },
      { nodeId: 'b', output: { x: 2 } },
    ];
    expect(run('flow.merge', {}, { arrived }).output).toEqual(
      Object.fromEntries([
        ['constructor', 1],
        ['b', { x: 2 }],
      ]),
    );
  });

  it('flow.respond answers with lower-case headers and its body as output', () => {
    expect(run('flow.respond', { status: 201, headers: { 'X-Count': 3 }, body: { ok: true } })).toEqual({
      output: { ok: true },
      response: { status: 201, headers: { 'x-count': '3' }, body: { ok: true } },
    });
    expect(run('flow.respond', {})).toEqual({ output: null, response: { status: 200, headers: {}, body: null } });
  });

  const forTheWholeOrigin = [
    'Set-Cookie',
    'Clear-Site-Data',
    'strict-transport-security',
    'Alt-Svc',
    'service-worker-allowed',
    'NEL',
  ];
  it.each([...forTheWholeOrigin, 'content-length', 'Transfer-Encoding', 'connection', 'a b', 'x\r\ny'])(
    'flow.respond refuses the header %j',
    (name) => {
      expect(refuses('flow.respond', { headers: { [name]: 'x' } })).not.toBe('accepted');
    },
  );

  it('flow.respond refuses a header value that would split the answer, or that no header can carry', () => {
    for (const value of ['x\r\nset-cookie: y', 'x\ny', 'x\u0000', 'snow \u2603', '\ud800', 'x\u010d\u010ay'])
      expect(refuses('flow.respond', { headers: { a: value } })).toContain('no control characters');
    expect(refuses('flow.respond', { headers: { a: 'tab\tand caf\u00e9' } })).toBe('accepted');
  });

  it('flow.fail throws its code and message and is never retried', () => {
    const failureOf = (params: JsonObject) => {
      try {
        run('flow.fail', params);
      } catch (error) {
        if (error instanceof StepError) return error.failure;
      }
      throw new Error('expected a StepError');
    };
    expect(failureOf({ message: 'out' })).toMatchObject({ code: 'FAILED', message: 'out', retryable: false });
    expect(failureOf({ code: 'OUT_OF_STOCK', message: null })).toMatchObject({ code: 'OUT_OF_STOCK', message: '' });
  });

  it('data.set and data.transform answer what they were given', () => {
    expect(run('data.set', { values: { a: 1, b: null } }).output).toEqual({ a: 1, b: null });
    expect(run('data.transform', { expression: [1, { a: null }] }).output).toEqual([1, { a: null }]);
    expect(run('data.transform', { expression: null }).output).toBeNull();
  });

  it('triggers answer the input of the execution', () => {
    for (const type of ['trigger.manual', 'trigger.webhook', 'trigger.error'])
      expect(run(type, {}, { input: { a: 1 } }).output).toEqual({ a: 1 });
    expect(run('trigger.event', { type: 'x' }, { input: { a: 1 } }).output).toEqual({ a: 1 });
    expect(run('trigger.schedule', { cron: '* * * * *' }, { input: { scheduledAt: 't', more: 1 } }).output).toEqual({
      scheduledAt: 't',
    });
    expect(run('trigger.schedule', { cron: '* * * * *' }, { input: null }).output).toEqual({ scheduledAt: null });
  });
});

describe('params of control types', () => {
  it('flow.wait takes milliseconds or a duration, or an instant, but not both', () => {
    const params = types.get('flow.wait')?.manifest.params;
    expect(params?.parse({ durationMs: '1h 30m' })).toEqual({ durationMs: 5_400_000 });
    expect(params?.parse({ durationMs: 5 })).toEqual({ durationMs: 5 });
    expect(params?.parse({ until: '2026-01-31T12:00:00+01:00' })).toEqual({ until: '2026-01-31T12:00:00+01:00' });
    for (const wrong of [
      {},
      { durationMs: 1, until: '2026-01-31T12:00:00Z' },
      { durationMs: '367d' },
      { durationMs: 'soon' },
      { until: 'tomorrow' },
    ]) {
      expect(refuses('flow.wait', wrong)).not.toBe('accepted');
    }
  });

  it('every built-in sample fits its own schema, and every schema can be written as JSON Schema', () => {
    for (const { manifest } of types.values()) {
      const templated = JSON.stringify(manifest.sample?.params ?? {}).includes('{{');
      if (!templated && manifest.sample)
        expect(manifest.params.safeParse(manifest.sample.params).success, manifest.type).toBe(true);
      if (manifest.sample?.output !== undefined && manifest.output) {
        expect(manifest.output.safeParse(manifest.sample.output).success, manifest.type).toBe(true);
      }
      expect(() => z.toJSONSchema(manifest.params, { io: 'input' }), manifest.type).not.toThrow();
    }
  });
});

it('one folder per type, named after it', async () => {
  for (const type of types.keys())
    await expect(import(join(import.meta.dirname, type, 'manifest.ts'))).resolves.toHaveProperty('manifest.type', type);
});
