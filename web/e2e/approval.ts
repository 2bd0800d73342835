/** An execution that waits for a decision, started over the REST interface. Resolves with its id once the approval is there. */
import type { RunningServer } from './server.ts';

const definition = (assignee: string) => ({
  name: 'refund desk',
  nodes: [
    { id: 'go', type: 'trigger.manual' },
    {
      id: 'ask',
      type: 'flow.approval',
      label: 'Ask finance',
      params: {
        title: 'Refund order {{ input.order }}?',
        description: 'Two mugs arrived broken.',
        assignees: [assignee],
        form: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
      },
    },
  ],
  edges: [{ from: 'go', to: 'ask' }],
});

export async function startApproval(server: RunningServer): Promise<string> {
  const { email, password } = server;
  const { token } = await post(server, '/v1/auth/login', { email, password });
  const headers = { authorization: `Bearer ${token}` };
  const { id } = await post(server, '/v1/workflows', definition(email), headers);
  const started = await post(server, `/v1/workflows/${id}/executions`, { input: { order: 7 } }, { ...headers, prefer: 'wait=1' });
  return String(started.id);
}

async function post(
  server: RunningServer,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await fetch(server.url + path, init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>; // the REST interface answers objects here
}
