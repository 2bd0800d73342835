import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CloudLoggerOptions, createCloudLogger } from './cloud-logger.ts';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Cloud Logging's special fields, as its documentation has them; the rest is ours. */
const Line = z.looseObject({
  severity: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']),
  message: z.string().min(1),
  event: z.string().regex(/^[a-z][a-z-]*$/),
  time: z.iso.datetime(),
  'logging.googleapis.com/labels': z.record(z.string(), z.string()).optional(),
  'logging.googleapis.com/trace': z
    .string()
    .regex(/^projects\/demo-test\/traces\/[0-9a-f]{32}$/)
    .optional(),
  'logging.googleapis.com/spanId': z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  'logging.googleapis.com/trace_sampled': z.boolean().optional(),
});

/** https://cloud.google.com/error-reporting/docs/formatting-error-messages */
const Report = Line.extend({
  '@type': z.literal('type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent'),
  serviceContext: z.strictObject({ service: z.literal('worker'), version: z.literal('7') }),
});

function logger(changes: Partial<CloudLoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createCloudLogger({
    ...{ level: 'debug', projectId: 'demo-test', service: 'worker', version: '7', trace: () => trace, now: () => 0 },
    write: (line) => lines.push(line),
    ...changes,
  });
  return { log, lines, last: () => Line.parse(JSON.parse(lines.at(-1) ?? '')) };
}

describe('a line for Cloud Logging', () => {
  it('is one JSON object with the special fields, whatever the level and the text', () => {
    const { log, lines, last } = logger();
    log.debug('looked', { text: 'two\nlines\u2028and\u0000more' });
    log.info('execution-started', { trigger: 'webhook' });
    log.warn('hint-failed', { hints: 3, nested: { list: [1, 'two', null] } });
    log.error('request-failed', { code: 'INTERNAL' });
    expect(lines.map((line) => Line.parse(JSON.parse(line)).severity)).toEqual(['DEBUG', 'INFO', 'WARNING', 'ERROR']);
    for (const line of lines) expect(line).not.toMatch(/\n/);
    expect(last()).toMatchObject({ code: 'INTERNAL', time: '1970-01-01T00:00:00.000Z' });
  });

  it('carries ids as labels and the current span as its trace', () => {
    const { log, last } = logger();
    log
      .with({ function: 'worker' })
      .with({ executionId: 'exe_1' })
      .info('step', { org: 'org_1', branch: 'brn_1', nodeId: 'fetch', more: 1 });
    expect(last()).toMatchObject({
      'logging.googleapis.com/labels': {
        function: 'worker',
        execution: 'exe_1',
        organization: 'org_1',
        branch: 'brn_1',
        node: 'fetch',
      },
      'logging.googleapis.com/trace': 'projects/demo-test/traces/0af7651916cd43dd8448eb211c80319c',
      'logging.googleapis.com/spanId': 'b7ad6b7169203331',
      'logging.googleapis.com/trace_sampled': true,
      more: 1,
    });
    expect(last()).not.toHaveProperty('org');
  });

  it('has no trace where there is no span, and fields never overwrite the special ones', () => {
    const { log, last } = logger({ trace: () => undefined });
    log.info('step', { severity: 'EMERGENCY', time: 'now', message: 'mine', event: 'mine' });
    expect(last()).toMatchObject({ severity: 'INFO', message: 'step', event: 'step', time: '1970-01-01T00:00:00.000Z' });
    expect(last()).not.toHaveProperty('logging.googleapis.com/trace');
  });

  it('keeps below the level, and within what Cloud Logging takes', () => {
    const { log, lines, last } = logger({ level: 'warn' });
    log.info('execution-started');
    expect(lines).toEqual([]);
    log.warn('large', { list: Array.from({ length: 100 }, () => 'x'.repeat(10_000)) });
    expect(lines.at(-1)?.length).toBeLessThan(256 * 1024);
    expect(last()).toMatchObject({ event: 'large', truncated: true });
  });
});

describe('an error', () => {
  it('is in the format that Error Reporting groups by, with the stack of its causes', () => {
    const { log, lines } = logger();
    const cause = new RangeError('too far');
    log.error('branch-failed', { execution: 'exe_1' }, new Error('it broke', { cause }));
    const report = Report.extend({ stack_trace: z.string() }).parse(JSON.parse(lines[0] ?? ''));
    expect(report.message).toBe('branch-failed: it broke');
    expect(report.stack_trace).toMatch(/^Error: it broke\n {4}at [\s\S]*caused by: RangeError: too far\n {4}at /);
  });

  it('without a stack is reported under its event', () => {
    const { log, lines } = logger();
    log.error('round-failed', {}, 'plain text');
    expect(Report.parse(JSON.parse(lines[0] ?? ''))).toMatchObject({
      message: 'round-failed: plain text',
      context: { reportLocation: { functionName: 'round-failed' } },
    });
  });
});

describe('a secret', () => {
  const canary = 'CaNaRy-5f3a9c-secret-value';
  const encoded = Buffer.from(`user:${canary}`).toString('base64');
  const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(canary).toString('base64url')}.c2lnbmF0dXJl`;

  it.each([
    [
      'under a telling name',
      { password: canary, apiKey: canary, 'x-api-key': canary, Authorization: canary, set_cookie: canary },
    ],
    ['deep inside', { request: { headers: [{ cookie: canary }], credential: { any: { thing: canary } } } }],
    ['as a token', { accessToken: canary, token: canary, refresh_token: canary, seed: canary, clientSecret: canary }],
    ['in a header within a text', { reason: `sent Authorization: Bearer ${canary} and got 401` }],
    ['in basic authentication', { reason: `Basic ${encoded}` }],
    ['in an address', { url: `https://user:${canary}@api.example/v1` }],
    ['in a query', { url: `https://api.example/v1?a=1&access_token=${canary}&b=2` }],
    ['in a signed token', { reason: `bad ${jwt}` }],
    ['beyond the depth that is shown', { a: { b: { c: { d: { e: { f: { g: { h: canary } } } } } } } }],
  ])('%s never appears', (_, fields) => {
    const { log, lines } = logger();
    log.info('looked', fields);
    log.with(fields).warn('looked');
    log.error('looked', fields, new Error(JSON.stringify(fields).slice(0, 0), { cause: new Error('x') }));
    for (const line of lines) for (const form of [canary, encoded, jwt]) expect(line).not.toContain(form);
  });

  it('never appears in what an error or its cause says', () => {
    const { log, lines } = logger();
    const cause = new Error(`GET https://api.example/?key=${canary} failed`);
    log.error('failed', {}, new Error(`Bearer ${canary} was refused`, { cause }));
    log.error('failed', {}, `https://me:${canary}@host/`);
    for (const line of lines) expect(line).not.toContain(canary);
  });

  it('leaves what is no secret as it is', () => {
    const { log, last } = logger();
    const fields = {
      requestId: 'req_1',
      code: 'NOT_FOUND',
      keys: 3,
      reason: 'https://api.example/v1?page=2',
      tokens: 12,
      monkey: 'yes',
    };
    log.info('looked', fields);
    expect(last()).toMatchObject(fields);
  });
});
