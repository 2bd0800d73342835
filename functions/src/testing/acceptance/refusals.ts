/** What is refused: what is not there or not theirs, and bodies that no client of good will sends. Problem documents, all of them. */
import { expect } from 'vitest';
import { type Answer, type Asked, type BlackBox, deploy, objects, readUntil, stack } from './black-box.ts';
import type { Chapter, Stage } from './chapter.ts';
import { chain, tell } from './outside.ts';

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

const told = ({ status, body }: Answer): string => `${status} ${body.code}`;

async function hookOf({ box, outside }: Stage, name: string): Promise<string> {
  const id = await deploy(box, {
    name,
    nodes: [{ id: 'hook', type: 'trigger.webhook' }, tell(outside.origin, 'arrived', { fields: '{{ input.body }}' })],
    edges: chain('hook', 'arrived'),
  });
  return `/hooks/${id}`;
}

const create = (box: BlackBox, asked: Asked): Promise<Answer> => box.call('POST', '/v1/workflows', asked);

export const refusals: Chapter = {
  async 'who is nobody is told so, before anything that they sent is looked at'({ box }) {
    const rubbish = { body: '{"name": ' };
    expect(told(await box.knock('POST', '/v1/workflows', rubbish))).toBe('401 UNAUTHENTICATED');
    expect(told(await box.knock('GET', '/v1/executions'))).toBe('401 UNAUTHENTICATED');
    const forged = { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvd25lciJ9.' } };
    expect(told(await box.knock('GET', '/v1/workflows', forged))).toBe('401 UNAUTHENTICATED');
    const wrong = { body: { email: 'nobody@example.test', password: 'wrong, quite wrong' } };
    expect(told(await box.knock('POST', '/v1/auth/login', wrong))).toBe('401 UNAUTHENTICATED');
    const encoded = { body: bytes(1, 2, 3), headers: { 'content-encoding': 'gzip' } };
    expect(told(await box.knock('POST', '/v1/workflows', encoded))).toBe('401 UNAUTHENTICATED');
  },

  async 'what is not there, or another organization’s, is not found'({ box }) {
    const absent: readonly (readonly [string, string])[] = [
      ['GET', '/v1/workflows/wf_nothing'],
      ['POST', '/v1/workflows/wf_nothing/executions'],
      ['GET', '/v1/workflows/wf_nothing/schedules'],
      ['GET', '/v1/executions/exe_nothing'],
      ['GET', '/v1/executions/exe_nothing/steps'],
      ['GET', '/v1/executions/exe_nothing/events'],
      ['POST', '/v1/executions/exe_nothing/cancel'],
      ['POST', '/v1/executions/exe_nothing/retry'],
      ['GET', '/v1/approvals/apr_nothing'],
      ['POST', '/v1/callbacks/b3JnX290aGVy.exe_nothing..cGFpZA.0123456789'],
      ['GET', '/v1/credentials/crd_nothing'],
      ['GET', '/v1/variables/nothing'],
      ['GET', '/v1/executions/..%2f..%2forg_other'],
      ['POST', '/hooks/wf_nothing'],
      ['GET', '/v1/nothing'],
      ['GET', '/hooks/'],
    ];
    for (const [method, path] of absent) {
      const answer = await box.call(method, path, method === 'POST' ? { body: {} } : {});
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(told(await box.call('PATCH', '/v1/workflows'))).toBe('405 METHOD_NOT_ALLOWED');
  },

  async 'a body of the API that cannot be read is refused'({ box }) {
    const latin = { 'content-type': 'application/json; charset=latin-7' };
    expect(told(await create(box, { body: '{"name": ' }))).toBe('400 MALFORMED_BODY');
    expect(told(await create(box, { body: bytes(0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d) }))).toBe('400 MALFORMED_BODY');
    expect(told(await create(box, { body: '{"__proto__": {"role": "owner"}}' }))).toBe('400 MALFORMED_BODY');
    expect(told(await create(box, { body: '['.repeat(100_000) }))).toBe('400 MALFORMED_BODY');
    expect(told(await create(box, { body: '{}', headers: latin }))).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    expect(told(await create(box, { body: bytes(31, 139, 8, 0), headers: { 'content-encoding': 'gzip' } }))).toBe(
      '415 UNSUPPORTED_MEDIA_TYPE',
    );
    const form = { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(told(await create(box, form))).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    expect(told(await create(box, { body: `{"name": "${'x'.repeat(1_048_576)}"}` }))).toBe('413 BODY_TOO_LARGE');
    const wrong = await create(box, { body: { name: '', nodes: [{ id: 'a', type: 'no.such' }] } });
    expect([told(wrong), objects(wrong.body.problems).length > 0]).toEqual(['422 INVALID_DEFINITION', true]);
  },

  async 'a body of a webhook that cannot be read is refused, and starts nothing'(stage) {
    const { box } = stage;
    const hook = await hookOf(stage, 'unreadable');
    const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      told(await box.knock('POST', hook, { body, headers }));
    const json = { 'content-type': 'application/json' };
    expect(await send('{"a":', json)).toBe('400 MALFORMED_BODY');
    expect(await send(bytes(0x22, 0xff, 0xfe, 0x22), json)).toBe('400 MALFORMED_BODY');
    expect(await send('{}', { 'content-type': 'application/json; charset=latin-7' })).toBe('400 MALFORMED_BODY');
    expect(await send(bytes(31, 139, 8, 0, 1, 2), { ...json, 'content-encoding': 'gzip' })).toBe('415 UNSUPPORTED_MEDIA_TYPE');
    expect(await send('--x\r\nnot a part', { 'content-type': 'multipart/form-data; boundary=x' })).toBe('400 MALFORMED_BODY');
    const fields = Array.from({ length: 10_001 }, (_, n) => `f${n}=1`).join('&');
    expect(await send(fields, { 'content-type': 'application/x-www-form-urlencoded' })).toBe('400 MALFORMED_BODY');
    expect(told(await box.announce(hook, 10 * 1_048_576 + 1))).toBe('413 BODY_TOO_LARGE');
    expect(told(await box.knock('GET', hook))).toBe('405 METHOD_NOT_ALLOWED');
    const workflowId = hook.slice('/hooks/'.length);
    expect((await box.call('GET', `/v1/executions?workflowId=${workflowId}`)).body.items).toEqual([]);
  },

  async 'a form of more than a thousand fields and a charset that exists are read'(stage) {
    const { box, outside } = stage;
    const hook = await hookOf(stage, 'readable');
    const deliver = async (body: string | Uint8Array<ArrayBuffer>, type: string) => {
      const answer = await box.knock('POST', hook, { body, headers: { 'content-type': type } });
      expect(answer.status, answer.text).toBe(202);
      await readUntil(box, answer.body.executionId, 'succeeded');
      return outside.effectsOf(String(answer.body.executionId))[0]?.body.fields;
    };
    const fields = Array.from({ length: 1_500 }, (_, n): [string, string] => [`f${n}`, String(n)]);
    const form = new URLSearchParams(fields).toString();
    expect(await deliver(form, 'application/x-www-form-urlencoded')).toEqual(Object.fromEntries(fields));
    expect(await deliver(bytes(0x22, 0xe9, 0x22), 'application/json; charset=iso-8859-1')).toBe('é');
  },

  /** Not the API's: the console's files are served by whoever serves it, its 404 page too. */
  async 'files that browsers and crawlers ask for are there, or not found'({ box }) {
    for (const path of ['/favicon.ico', '/robots.txt']) {
      const response = await fetch(`${box.baseUrl}${path}`);
      expect([200, 404]).toContain(response.status);
      expect(await response.text()).not.toMatch(stack);
    }
  },
};
