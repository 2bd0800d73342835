/**
 * AutomateOS as a client sees it: over HTTP and nothing else. Whatever is asked, an answer is never a 5xx, and a refusal is always a
 * problem document with a code and without a stack: looked at here, so for every request of every chapter.
 */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { expect } from 'vitest';

export type Target = { readonly baseUrl: string; readonly email: string; readonly password: string };

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is a JSON object, else empty. */
  readonly body: JsonObject;
};

export type Asked = {
  /** Goes as JSON; text and bytes go as they are. */
  readonly body?: JsonValue | Uint8Array<ArrayBuffer>;
  /** null leaves out what would be sent. */
  readonly headers?: Readonly<Record<string, string | null>>;
};

export type BlackBox = {
  readonly baseUrl: string;
  /** As the owner. */
  call(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** As nobody. An address is taken as it is, a path is of this server. */
  knock(method: string, path: string, asked?: Asked): Promise<Answer>;
  /** As nobody, a POST that says it is so long and sends little of it: it is refused before the rest. */
  announce(path: string, bytes: number): Promise<Answer>;
  /** The live events of an execution until it ends. */
  events(executionId: string, after?: string): Promise<readonly LiveEvent[]>;
};

export type LiveEvent = { readonly id: string; readonly data: JsonObject };

export async function openBlackBox({ baseUrl, email, password }: Target): Promise<BlackBox> {
  const knock: BlackBox['knock'] = (method, path, asked = {}) => send(addressOf(baseUrl, path), method, asked);
  const { body, text } = await knock('POST', '/v1/auth/login', { body: { email, password } });
  expect(body.token, text).toEqual(expect.any(String));
  const authorization = `Bearer ${body.token}`;
  return {
    baseUrl,
    knock,
    call: (method, path, asked = {}) => knock(method, path, { ...asked, headers: { authorization, ...asked.headers } }),
    async announce(path, bytes) {
      const answer = await announce(`${baseUrl}${path}`, bytes);
      expectProblem(answer, `POST ${path}`);
      return answer;
    },
    async events(executionId, after) {
      const headers = { authorization, ...(after === undefined ? {} : { 'last-event-id': after }) };
      const response = await fetch(`${baseUrl}/v1/executions/${executionId}/events`, { headers });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      return readEvents(await response.text());
    },
  };
}

const addressOf = (baseUrl: string, path: string): string => (path.startsWith('http') ? path : `${baseUrl}${path}`);

async function send(address: string, method: string, { body, headers = {} }: Asked): Promise<Answer> {
  const sent = new Headers(body === undefined ? {} : { 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) sent.delete(name);
    else sent.set(name, value);
  }
  const content = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(address, { method, headers: sent, ...(body === undefined ? {} : { body: content }) });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text, body: parse(text) };
  if (answer.status >= 400) expectProblem(answer, `${method} ${address}`);
  return answer;
}

function announce(address: string, bytes: number): Promise<Answer> {
  const headers = { 'content-type': 'text/plain', 'content-length': bytes };
  return new Promise((resolve, reject) => {
    const sent = request(address, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const known = new Headers({ 'content-type': response.headers['content-type'] ?? '' });
        const answer = { status: response.statusCode ?? 0, headers: known, text, body: parse(text) };
        sent.destroy();
        resolve(answer);
      });
    });
    sent.on('error', reject);
    sent.write('a little');
  });
}

/** What an answer never shows. */
export const stack = / at .+:\d+:\d+|node_modules|\.ts:\d/;

function expectProblem({ status, headers, text, body }: Answer, label: string): void {
  expect(status, `${label}: ${text.slice(0, 500)}`).toBeLessThan(500);
  expect(headers.get('content-type'), `${label}: ${text.slice(0, 500)}`).toBe('application/problem+json');
  expect(body, label).toMatchObject({ status, code: expect.stringMatching(/^[A-Z_]+$/), requestId: expect.any(String) });
  expect(text, label).not.toMatch(stack);
}

function parse(text: string): JsonObject {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {}; // no JSON: the test looks at `text`
  }
}

function readEvents(text: string): readonly LiveEvent[] {
  return text.split('\n\n').flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [id, data] = [field('id'), field('data')];
    return id === undefined || data === undefined ? [] : [{ id, data: parse(data) }];
  });
}

export const objects = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

const patienceMs = 60_000;
const pauseMs = 50;

/** Reads the execution until its status is as wanted, and fails with what it is where that does not come. */
export async function readUntil(box: BlackBox, executionId: unknown, ...wanted: readonly string[]): Promise<JsonObject> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const { status, body, text } = await box.call('GET', `/v1/executions/${executionId}`);
    expect(status, text).toBe(200);
    if (wanted.includes(String(body.status))) return body;
    if (Date.now() > until) throw new Error(`${executionId} is not ${wanted.join(' or ')}: ${text}`);
    await sleep(pauseMs);
  }
}

/** Creates the workflow and makes it live. */
export async function deploy(box: BlackBox, definition: JsonObject): Promise<string> {
  const created = await box.call('POST', '/v1/workflows', { body: definition });
  expect(created.status, created.text).toBe(201);
  const { id } = created.body;
  const live = await box.call('POST', `/v1/workflows/${id}/activate`, { body: {} });
  expect(live.status, live.text).toBe(200);
  return String(id);
}

/** Starts by hand, answers at once. */
export async function start(box: BlackBox, workflowId: string, input: JsonValue = {}): Promise<string> {
  const started = await box.call('POST', `/v1/workflows/${workflowId}/executions`, { body: { input } });
  expect(started.status, started.text).toBe(202);
  return String(started.body.id);
}
