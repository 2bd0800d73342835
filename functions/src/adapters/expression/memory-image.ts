/**
 * A copy of a WebAssembly module's memory, to put it back after a call. Only what is in use is copied: the static data, the upper end of the
 * stack, and the heap. What a call used beyond is cleared, page by page until a page that was never touched.
 */
const pageBytes = 65_536;
/** The part of the stack that is cleared; the engine's own stack limit is far below it. */
const stackBytes = 393_216;
const emptyPage = Buffer.alloc(pageBytes);

export type MemoryImage = {
  /** False when the memory has grown since: the module is to be thrown away. */
  readonly restore: () => boolean;
};

export function takeMemoryImage(memory: { readonly buffer: ArrayBuffer }): MemoryImage {
  const size = memory.buffer.byteLength;
  const bytes = new Uint8Array(memory.buffer);
  const pages = size / pageBytes;
  const isEmpty = (page: number): boolean => emptyPage.equals(bytes.subarray(page * pageBytes, (page + 1) * pageBytes));

  const used = Array.from({ length: pages }, (_, page) => !isEmpty(page));
  const top = used.lastIndexOf(true) + 1;
  const gap = largestGap(used.slice(0, top));
  const ranges = [
    // One page more: static data that was zero when the image was taken.
    { start: 0, end: (gap.start + 1) * pageBytes },
    { start: Math.max((gap.start + 1) * pageBytes, gap.end * pageBytes - stackBytes), end: top * pageBytes },
  ].map(({ start, end }) => ({ start, copy: bytes.slice(start, end) }));

  return {
    restore() {
      if (memory.buffer.byteLength !== size) return false;
      for (const { start, copy } of ranges) bytes.set(copy, start);
      for (let page = top; page < pages && !isEmpty(page); page += 1) bytes.fill(0, page * pageBytes, (page + 1) * pageBytes);
      return true;
    },
  };
}

/** The untouched part of the stack is the longest run of empty pages between static data and heap. */
function largestGap(used: readonly boolean[]): { readonly start: number; readonly end: number } {
  let best = { start: used.length, end: used.length };
  let start = 0;
  for (let page = 0; page <= used.length; page += 1) {
    if (page < used.length && !used[page]) continue;
    if (page - start > best.end - best.start) best = { start, end: page };
    start = page + 1;
  }
  return best;
}
