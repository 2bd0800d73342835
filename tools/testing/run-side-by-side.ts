/**
 * Runs suites side by side as far as the cores reach, in the order given: the first that fits begins. Results come in the order given,
 * whatever ended first. One that throws ends the run when all that were begun have ended.
 */
export type Costs = { readonly cores: number };

export async function runSideBySide<Job extends Costs, Result>(
  jobs: readonly Job[],
  cores: number,
  run: (job: Job) => Promise<Result>,
): Promise<readonly Result[]> {
  const waiting = [...jobs];
  const running = new Map<Job, Promise<void>>();
  const results = new Map<Job, Result>();
  const failures: unknown[] = [];
  /** What wants more than there is gets all there is. */
  const costOf = (job: Job): number => Math.min(job.cores, cores);
  let free = cores;

  const begin = (job: Job): void => {
    free -= costOf(job);
    waiting.splice(waiting.indexOf(job), 1);
    const done = run(job)
      .then(
        (result) => void results.set(job, result),
        (error: unknown) => void failures.push(error),
      )
      .finally(() => {
        free += costOf(job);
        running.delete(job);
      });
    running.set(job, done);
  };

  while (failures.length === 0 || running.size > 0) {
    for (const job of failures.length === 0 ? [...waiting] : []) if (costOf(job) <= free) begin(job);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
  return jobs.flatMap((job) => results.get(job) ?? []);
}
