/** The few API calls that the benchmarks need. */
import type { DefinitionInput } from '@automateos/shared/model/definition';
import { ownerEmail, ownerPassword, type Running } from './processes.ts';

export type Client = {
  /** Creates and activates; answers the webhook's address. */
  deploy(definition: DefinitionInput): Promise<string>;
  get(path: string): Promise<Record<string, unknown>>;
  post(path: string, body: unknown): Promise<Record<string, unknown>>;
  /** Of the owner's session. */
  readonly token: string;
};

export async function signIn(server: Running): Promise<Client> {
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${server.url}/v1/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: ownerEmail, password: ownerPassword }),
  });
  const { token } = (await login.json()) as { token: string };
  const headers = { ...json, authorization: `Bearer ${token}` };
  async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${server.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }
  return {
    async deploy(definition) {
      const { id } = await call('POST', '/v1/workflows', definition);
      await call('POST', `/v1/workflows/${String(id)}/activate`, {});
      return `${server.url}/hooks/${String(id)}`;
    },
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    token,
  };
}
