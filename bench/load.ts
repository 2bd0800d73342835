/** A closed-loop load generator: so many requests at a time, each next one as soon as one is answered. */
import { Agent, request } from 'node:http';

export type Load = {
  readonly url: string;
  /** Absent: the requests are GETs. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly requests: number;
};
export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
};

export async function runLoad({ url, body, headers = {}, concurrency, requests }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const times: number[] = [];
  let failures = 0;
  let left = requests;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        const start = performance.now();
        const status = await send(agent, url, { body, headers });
        times.push(performance.now() - start);
        if (status >= 300) failures += 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
  return { perSecond: requests / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failures };
}

type Sent = { readonly body: string | undefined; readonly headers: Readonly<Record<string, string>> };

function send(agent: Agent, url: string, { body, headers: own }: Sent): Promise<number> {
  return new Promise((resolve, reject) => {
    const ofBody = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const headers = { ...own, ...ofBody };
    const call = request(url, { method: body === undefined ? 'GET' : 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(body);
  });
}
