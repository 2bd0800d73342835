/** Spreads schedules over threads. Which thread runs a schedule changes nothing: each schedule is its seed. */
import { Worker } from 'node:worker_threads';
import { add, type BatchOrder, emptySummary, type Summary } from './batch.ts';

export type BatchesOptions = Omit<BatchOrder, 'from' | 'to' | 'step'> & {
  readonly schedules: number;
  readonly threads: number;
  readonly onProgress: (summary: Summary) => void;
  /** Violations after which no more schedules are begun. */
  readonly enough: number;
};

const batchSize = 250;

export async function runBatches({ schedules, threads, onProgress, enough, ...order }: BatchesOptions): Promise<Summary> {
  let summary = emptySummary;
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./batch-worker.ts', import.meta.url));
    try {
      while (next < schedules && summary.found.length < enough) {
        const from = next;
        next = Math.min(schedules, next + batchSize);
        const batch = await ask(worker, { ...order, from, to: next, step: 1 });
        summary = add(summary, batch);
        onProgress(summary);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return summary;
}

function ask(worker: Worker, order: BatchOrder): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)));
    worker.once('error', fail);
    worker.once('message', (summary: Summary) => {
      worker.off('error', fail);
      resolve(summary);
    });
    worker.postMessage(order);
  });
}
