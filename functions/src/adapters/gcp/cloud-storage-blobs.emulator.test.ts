import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { describeBlobs } from '@automateos/shared/testing/blobs.conformance';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStorageServer } from '../../../../infra/emulators/storage-server.ts';
import { createCloudStorageBlobs } from './cloud-storage-blobs.ts';

const projectId = 'demo-test';
let server: Awaited<ReturnType<typeof startStorageServer>>;
let storage: Storage;
beforeAll(async () => {
  server = await startStorageServer();
  storage = new Storage({ projectId, apiEndpoint: `http://${server.host}` });
});
afterAll(() => server.stop());

let buckets = 0;
async function newBucket(): Promise<string> {
  buckets += 1;
  const name = `bucket-${buckets}`;
  await storage.createBucket(name);
  return name;
}

const open = async () => createCloudStorageBlobs({ projectId, bucket: await newBucket(), endpoint: server.host });

describeBlobs('Cloud Storage', async () => ({ blobs: await open(), close: async () => {} }));

describe('blobs in Cloud Storage', () => {
  it('count what is billed: writes and lists, reads, bytes', async () => {
    const blobs = await open();
    await blobs.put('o/e/1', Buffer.from('12345'));
    await blobs.get('o/e/1');
    await blobs.get('o/e/2');
    await blobs.deletePrefix('o/e/');
    expect(blobs.stats()).toEqual({ classA: 2, classB: 2, bytesWritten: 5, bytesRead: 5 });
  });

  it('are deleted page by page, all of more than a page', async () => {
    const bucket = await newBucket();
    const blobs = createCloudStorageBlobs({ projectId, bucket, endpoint: server.host });
    for (let at = 0; at < 1_050; at += 50)
      await Promise.all(Array.from({ length: 50 }, (_, i) => blobs.put(`o/e/${at + i}`, Buffer.from('1'))));
    await blobs.put('o/kept', Buffer.from('1'));
    expect(await blobs.deletePrefix('o/e/')).toBe(1_050);
    expect((await storage.bucket(bucket).getFiles())[0].map(({ name }) => name)).toEqual(['o/kept']);
  });

  it('of a bucket that is not there, or behind a service that fails, are an outage in bounded time', async () => {
    const missing = createCloudStorageBlobs({ projectId, bucket: 'no-such-bucket', endpoint: server.host, patienceMs: 600 });
    await expect(missing.put('o/1', Buffer.from('x'))).rejects.toThrow(StoreUnavailable);
    for (const status of [503, 0]) {
      const failing = await startFailingServer(status);
      const blobs = createCloudStorageBlobs({ projectId, bucket: 'b', endpoint: failing.host, patienceMs: 400 });
      await expect(blobs.put('o/1', Buffer.from('x'))).rejects.toThrow(StoreUnavailable);
      await expect(blobs.get('o/1')).rejects.toThrow(StoreUnavailable);
      await expect(blobs.deletePrefix('o/')).rejects.toThrow(StoreUnavailable);
      await failing.stop();
    }
  });

  it('survive a service that fails once', async () => {
    const bucket = await newBucket();
    const failing = await startFailingServer(503, { times: 1, thenAt: server.host });
    const blobs = createCloudStorageBlobs({ projectId, bucket, endpoint: failing.host });
    await blobs.put('o/1', Buffer.from('x'));
    expect(await blobs.get('o/1')).toEqual(Uint8Array.from(Buffer.from('x')));
    await failing.stop();
  });
});

describe('the loopback Cloud Storage', () => {
  it('takes a resumable upload in pieces and gives ranges of it', async () => {
    const file = storage.bucket(await newBucket()).file('big/one');
    const bytes = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 31) & 0xff));
    await file.save(bytes, { resumable: true, chunkSize: 256 * 1_024, metadata: { metadata: { of: 'test' } } });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({ name: 'big/one', size: '1000000', metadata: { of: 'test' } });
    expect((await file.download())[0].equals(bytes)).toBe(true);
    const [part] = await file.download({ start: 10, end: 19 });
    expect(part.equals(bytes.subarray(10, 20))).toBe(true);
    await file.save('whole', { resumable: true });
    expect(String((await file.download())[0])).toBe('whole');
  });

  it('holds writes and deletions against the generation, and the bytes against the checksum', async () => {
    const bucket = storage.bucket(await newBucket());
    const file = bucket.file('a');
    await file.save('one', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
    await expect(file.save('two', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })).rejects.toMatchObject({
      code: 412,
    });
    await expect(file.delete({ ifGenerationMatch: 1 })).rejects.toMatchObject({ code: 412 });
    await expect(bucket.file('b').save('x', { resumable: false, metadata: { crc32c: 'AAAAAA==' } })).rejects.toMatchObject({
      code: 400,
    });
    await file.delete();
    await expect(file.download()).rejects.toMatchObject({ code: 404 });
  });

  it('lists by prefix and page', async () => {
    const bucket = storage.bucket(await newBucket());
    for (const name of ['p/3', 'p/1', 'q/1', 'p/2', 'p/\u00e9']) await bucket.file(name).save('x', { resumable: false });
    const names: string[] = [];
    for (let pageToken: string | undefined, first = true; first || pageToken !== undefined; first = false) {
      const [files, next] = await bucket.getFiles({
        prefix: 'p/',
        maxResults: 2,
        autoPaginate: false,
        ...(pageToken ? { pageToken } : {}),
      });
      names.push(...files.map(({ name }) => name));
      pageToken = (next as { readonly pageToken?: string } | null)?.pageToken; // the query of the next page, untyped by the client
    }
    expect(names).toEqual(['p/1', 'p/2', 'p/3', 'p/\u00e9']);
  });
});

/** Answers `status` (0: not at all), for ever or so many times, after which it passes requests on. */
async function startFailingServer(status: number, later?: { readonly times: number; readonly thenAt: string }) {
  let failures = 0;
  const failing = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    failures += 1;
    if (later !== undefined && failures > later.times) {
      const { method = 'GET', headers, url } = request;
      const type = { 'content-type': headers['content-type'] ?? 'application/octet-stream' };
      const body = method === 'GET' ? {} : { body: Buffer.concat(parts) };
      const passed = await fetch(`http://${later.thenAt}${url}`, { method, headers: type, ...body });
      const bytes = Buffer.from(await passed.arrayBuffer());
      response.writeHead(passed.status, { ...Object.fromEntries(passed.headers), 'content-length': bytes.length }).end(bytes);
    } else if (status !== 0) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
  const { port } = failing.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      failing.closeAllConnections();
      await new Promise<void>((resolve) => failing.close(() => resolve()));
    },
  };
}
