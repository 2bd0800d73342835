/**
 * The child's end of the line to the server. Uses file descriptors directly: they were opened by the server, and nothing else can be.
 */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import type { ChildMessage, ChildRequest } from './child-protocol.ts';

const newline = 10;

/** Blocks until the next request; null when the server has closed the line. */
export function readRequest(): ChildRequest | null {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = readSome(chunk);
    if (length === 0) return null;
    const part = chunk.subarray(0, length);
    chunks.push(part);
    // The server sends one request and waits for its answer, so a line ends where the bytes end.
    if (part.at(-1) === newline) return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  }
}

export function send(message: ChildMessage): void {
  sendLine(JSON.stringify(message));
}

/** A result goes out as the text it came in: it may be too deep to be serialised again. */
export function sendValue(json: string, logs: readonly string[]): void {
  sendLine(`{"type":"value","logs":${JSON.stringify(logs)},"value":${json}}`);
}

function sendLine(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) {
    const written = again(() => fs.writeSync(1, rest));
    rest = rest.subarray(written);
  }
}

function readSome(into: Buffer): number {
  return again(() => fs.readSync(0, into));
}

/** Pipes may be non-blocking; the wait is short because the other side is always ready to take or give. */
function again(operation: () => number): number {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
