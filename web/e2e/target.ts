/** The other side of the workflow under test: answers 503 until it is mended. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Target = {
  readonly definition: string;
  readonly mend: () => void;
  readonly calls: () => number;
  readonly stop: () => Promise<void>;
};

export async function startTarget(): Promise<Target> {
  let mended = false;
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    response.writeHead(mended ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ok: mended }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    definition: `name: order alert
# kept through every save
nodes:
  - { id: hook, type: trigger.webhook, params: { method: POST } }
  - { id: big, type: flow.filter, params: { condition: "{{ input.total > 100 }}" } }
  - id: notify
    type: http.request
    label: Tell the shop
    params: { method: POST, url: "http://127.0.0.1:${port}/alert", body: { total: "{{ input.total }}" } }
    retry: { maxAttempts: 2, initialMs: 1 }
edges:
  - { from: hook, to: big }
  - { from: big, to: notify }
`,
    mend: () => {
      mended = true;
    },
    calls: () => calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
