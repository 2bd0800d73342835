/** Collects a script's log lines up to a limit; what comes after is counted, not kept. */
export type LogCollector = { readonly add: (line: string) => void; readonly lines: () => readonly string[] };

export function createLogCollector(maxChars: number): LogCollector {
  const lines: string[] = [];
  let left = maxChars;
  let dropped = 0;
  return {
    add(line) {
      if (left <= 0) {
        dropped += 1;
        return;
      }
      lines.push(line.slice(0, left));
      left -= line.length + 1;
    },
    lines: () => (dropped === 0 ? lines : [...lines, `[${dropped} more lines were dropped]`]),
  };
}
