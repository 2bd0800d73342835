/**
 * The body of a push, capped while it is read. What is beyond the cap is read and dropped up to what Pub/Sub can send at most, so that the
 * sender gets an answer and not a connection that breaks; throws AppError MALFORMED_BODY where it is cut off.
 */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@automateos/shared/model/app-error';

/** 10 MB of data in base64, with attributes. */
const dropLimitBytes = 16 * 1024 * 1024;

export type PushBody = {
  readonly bytes: Uint8Array;
  /** False where it was larger than the limit: `bytes` is its beginning. */
  readonly whole: boolean;
};

export async function readPushBody(request: IncomingMessage, limitBytes: number): Promise<PushBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (size < limitBytes) chunks.push(chunk.subarray(0, limitBytes - size));
      size += chunk.length;
      if (size > dropLimitBytes) break; // ends the connection: no sender of ours does this
    }
  } catch (cause) {
    throw new AppError('MALFORMED_BODY', { reason: 'it was cut off.' }, { cause });
  }
  return { bytes: Buffer.concat(chunks), whole: size <= limitBytes };
}
