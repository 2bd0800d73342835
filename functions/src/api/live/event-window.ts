/** Events on their way to a client that acknowledges them: no more than it has room for. */
export type EventWindow = {
  /** Resolves when there is room. */
  room(): Promise<void>;
  sent(eventId: string): void;
  /** That event and all before it have been dealt with; an id that is not on its way changes nothing. */
  acknowledge(eventId: string): void;
  /** Whoever waits for room goes on. */
  close(): void;
};

export function createEventWindow(size: number | undefined): EventWindow {
  const open: string[] = [];
  let wake = (): void => {};
  let closed = size === undefined;
  return {
    async room() {
      while (!closed && open.length >= (size ?? 0)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    sent(eventId) {
      if (size !== undefined) open.push(eventId);
    },
    acknowledge(eventId) {
      const at = open.lastIndexOf(eventId);
      open.splice(0, at + 1);
      wake();
    },
    close() {
      closed = true;
      wake();
    },
  };
}
