/**
 * Undoes content codings within the same limit as the body itself, so that a small answer cannot unfold into a large one.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { networkFailure, tooLarge } from './http-failure.ts';

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** Stacked codings are legal but only ever seen in attacks. */
const maxCodings = 3;

const inflateBody: Decoder = async (body, options) => {
  // "deflate" means the zlib format; some servers send it bare. The first byte's low nibble is 8 in the former.
  const zlibFormat = ((body[0] ?? 0) & 0x0f) === 8;
  return zlibFormat ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options);
};

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['x-gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', inflateBody],
  ['br', promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
  ['zstd', promisify<Buffer, { maxOutputLength: number }, Buffer>(zstdDecompress)],
]);

/** A body with an unknown coding is left as it came. */
export async function decodeBody(body: Buffer, coding: string | undefined, origin: string, maxBytes: number): Promise<Buffer> {
  if (coding === undefined || body.length === 0) return body;
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (codings.length > maxCodings) throw networkFailure(origin, `the body is encoded ${codings.length} times`);
  let decoded = body;
  for (const name of codings.reverse()) {
    const decoder = decoders.get(name);
    if (decoder === undefined) return decoded;
    try {
      decoded = await decoder(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge(origin, `the body unfolds to more than ${maxBytes} bytes`);
      throw networkFailure(origin, `the body is not valid ${name}`, error);
    }
  }
  return decoded;
}
