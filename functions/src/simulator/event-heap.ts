/** What happens at a time of its own: a binary heap by time, ties in the order in which they were planned. */
export type TimedEvent = { readonly at: number; readonly serial: number; readonly run: () => void; cancelled: boolean };

export type EventHeap = {
  push(at: number, run: () => void): TimedEvent;
  /** Earliest that is not cancelled. */
  peek(): TimedEvent | undefined;
  pop(): TimedEvent | undefined;
};

export function createEventHeap(): EventHeap {
  const heap: TimedEvent[] = [];
  let serial = 0;

  const before = (a: TimedEvent, b: TimedEvent): boolean => a.at < b.at || (a.at === b.at && a.serial < b.serial);

  function swap(i: number, j: number): void {
    const [a, b] = [heap[i], heap[j]];
    if (a && b) {
      heap[i] = b;
      heap[j] = a;
    }
  }

  function up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      const [a, b] = [heap[at], heap[parent]];
      if (!a || !b || !before(a, b)) return;
      swap(at, parent);
      at = parent;
    }
  }

  function down(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [a, b] = [heap[child], heap[least]];
        if (a && b && before(a, b)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  }

  function pop(): TimedEvent | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first && last && heap.length > 0) {
      heap[0] = last;
      down();
    }
    return first;
  }

  return {
    push(at, run) {
      const event: TimedEvent = { at, serial, run, cancelled: false };
      serial += 1;
      heap.push(event);
      up(heap.length - 1);
      return event;
    },
    peek() {
      while (heap[0]?.cancelled) pop();
      return heap[0];
    },
    pop,
  };
}
