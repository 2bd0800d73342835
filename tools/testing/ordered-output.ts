/**
 * The output of several programs that run at once, readable as if each had run alone: the eldest that still runs is shown as it prints, what
 * the others print is kept until its turn.
 */
export type Output = { write(text: string): void; end(): void };

export function createOrderedOutput(show: (text: string) => void): { open(): Output } {
  type Entry = { kept: string; ended: boolean };
  const entries: Entry[] = [];

  const flush = (): void => {
    for (let first = entries[0]; first !== undefined; first = entries[0]) {
      if (first.kept !== '') show(first.kept);
      first.kept = '';
      if (!first.ended) return;
      entries.shift();
    }
  };

  return {
    open() {
      const entry: Entry = { kept: '', ended: false };
      entries.push(entry);
      return {
        write(text) {
          entry.kept += text;
          if (entries[0] === entry) flush();
        },
        end() {
          entry.ended = true;
          flush();
        },
      };
    },
  };
}
