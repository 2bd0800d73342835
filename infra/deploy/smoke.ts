/**
 * node infra/deploy/smoke.ts --url https://... --email E < password: one workflow is saved, activated, called by its webhook,
 * watched to its end and deleted again. Ends with 0 when all of that worked; else with 1 and what did not.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const options = { url: { type: 'string' }, email: { type: 'string' }, seconds: { type: 'string', default: '60' } } as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

class SmokeError extends Error {
  override readonly name = 'SmokeError';
}

type Answer = Readonly<Record<string, unknown>>;
type Call = (method: string, path: string, body?: object) => Promise<Answer>;

function caller(url: string, token?: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new SmokeError(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return text === '' ? {} : JSON.parse(text);
  };
}

/** A pure step and a script, in a name of its own so that two smoke tests do not meet. */
const definition = (name: string): object => ({
  name,
  nodes: [
    { id: 'hook', type: 'trigger.webhook' },
    { id: 'sum', type: 'data.transform', params: { expression: '{{ input.a + input.b }}' } },
  ],
  edges: [{ from: 'hook', to: 'sum' }],
});

async function smoke(url: string, account: { readonly email: string; readonly password: string }, patienceMs: number) {
  const until = Date.now() + patienceMs;
  await caller(url)('GET', '/readyz');
  const { token } = await caller(url)('POST', '/v1/auth/login', account);
  const call = caller(url, String(token));
  const { id } = await call('POST', '/v1/workflows', definition(`smoke-${Date.now()}`));
  try {
    await call('POST', `/v1/workflows/${id}/activate`);
    const { executionId } = await caller(url)('POST', `/hooks/${id}`, { a: 40, b: 2 });
    for (;;) {
      const { status, output, error } = await call('GET', `/v1/executions/${executionId}`);
      if (status === 'succeeded' && output === 42) return say(`smoke test passed: ${executionId}`);
      if (status !== 'running' && status !== 'queued')
        throw new SmokeError(`execution ${executionId} ended as ${status} with ${JSON.stringify(output ?? error)}`);
      if (Date.now() > until) throw new SmokeError(`execution ${executionId} is still ${status}: does a worker run?`);
      await sleep(500);
    }
  } finally {
    await call('DELETE', `/v1/workflows/${id}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.url === undefined || values.email === undefined)
    throw new SmokeError('Usage: smoke.ts --url U --email E [--seconds 60], the password on the standard input');
  const password = readFileSync(process.stdin.fd, 'utf8').trim();
  await smoke(values.url.replace(/\/+$/, ''), { email: values.email, password }, Number(values.seconds) * 1_000);
}

main().catch((error: unknown) => {
  const text = error instanceof SmokeError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`smoke test failed: ${text}\n`);
  process.exitCode = 1;
});
