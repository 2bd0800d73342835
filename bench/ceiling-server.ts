/**
 * The ceiling: what a bare node:http + node:sqlite loop does on this machine, with the same durability (WAL, synchronous=FULL, one fsync
 * for the commits of a tick) and nothing else: no graph, no expressions, no leases, no journal. Every table shows the ratio to it.
 */
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Agent, request as undiciRequest } from 'undici';

const [file = '', stub = ''] = process.argv.slice(2);
const db = new DatabaseSync(file);
db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE');
db.exec('CREATE TABLE runs (id INTEGER PRIMARY KEY, step INTEGER, data TEXT)');
const insert = db.prepare('INSERT INTO runs (id, step, data) VALUES (?, ?, ?)');
const update = db.prepare('UPDATE runs SET step = ?, data = ? WHERE id = ?');
const agent = new Agent({ connections: 64 });

type Job = { readonly work: () => void; readonly done: () => void };
let queue: Job[] = [];
let next = 0;

function commit(work: () => void): Promise<void> {
  return new Promise((done) => {
    queue.push({ work, done });
    if (queue.length === 1) setImmediate(flush);
  });
}

function flush(): void {
  const jobs = queue;
  queue = [];
  db.exec('BEGIN IMMEDIATE');
  for (const { work } of jobs) work();
  db.exec('COMMIT');
  for (const { done } of jobs) done();
}

async function chain(): Promise<void> {
  next += 1;
  const id = next;
  await commit(() => insert.run(id, 0, '{}'));
  for (let step = 1; step <= 10; step += 1) await commit(() => update.run(step, `{"step":${step}}`, id));
}

async function fanOut(): Promise<void> {
  const first = next + 1;
  next += 101;
  await commit(() => insert.run(first, 0, '{}'));
  await Promise.all(Array.from({ length: 100 }, (_, at) => commit(() => insert.run(first + 1 + at, 1, `{"item":${at}}`))));
  await commit(() => update.run(1, '{"joined":100}', first));
}

async function getFilterPost(): Promise<void> {
  next += 1;
  const id = next;
  await commit(() => insert.run(id, 0, '{}'));
  const got = await undiciRequest(`${stub}/order`, { dispatcher: agent });
  const order = (await got.body.json()) as { total: number };
  await commit(() => update.run(1, JSON.stringify(order), id));
  if (order.total <= 100) return;
  const posted = await undiciRequest(`${stub}/notify`, { dispatcher: agent, method: 'POST', body: JSON.stringify(order) });
  await posted.body.dump();
  await commit(() => update.run(2, '{"notified":true}', id));
}

const work: Readonly<Record<string, () => Promise<void>>> = {
  '/chain': chain,
  '/fan-out': fanOut,
  '/get-filter-post': getFilterPost,
};

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const run = work[request.url ?? ''];
    if (!run) {
      response.writeHead(404).end();
      return;
    }
    run().then(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
      () => response.writeHead(500).end(),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
