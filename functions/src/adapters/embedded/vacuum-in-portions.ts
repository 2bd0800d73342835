import { setImmediate } from 'node:timers/promises';
import type { Maintenance } from './sqlite-maintenance.ts';

/** 1 MiB: some milliseconds, in which nobody else is served. */
const portionPages = 256;

/** Gives all free space of the file back, and lets others run in between. Returns bytes freed. */
export async function vacuumInPortions(store: Pick<Maintenance, 'vacuum'>): Promise<number> {
  for (let total = 0; ; ) {
    const freed = store.vacuum(portionPages);
    if (freed <= 0) return total;
    total += freed;
    await setImmediate();
  }
}
