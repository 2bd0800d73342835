/**
 * Jobs outside the process that call for schedules at their instants, where the platform has such jobs. The schedule documents are the
 * truth and a job is a hint: a lost one costs seconds until whoever looks at all schedules finds what is due, a superfluous one finds
 * nothing due.
 */
export type ScheduleRef = { readonly org: string; readonly scheduleId: string };

export type ScheduleJob = ScheduleRef & {
  /** Five fields of numbers, names, lists, ranges and steps. */
  readonly cron: string;
  /** IANA */
  readonly timeZone: string;
};

export interface Schedules {
  /** Who looks at schedules without a job: the process itself, all the time, or a tick each minute. */
  readonly others: 'process' | 'tick';
  /** So many jobs may be asked for; 0 where schedules need none. */
  readonly jobLimit: number;
  /** Makes the job, or makes the one that is there like this. */
  put(job: ScheduleJob): Promise<void>;
  /** Nothing to do where there is none. */
  remove(ref: ScheduleRef): Promise<void>;
  /** All jobs that `put` has made, in no order. */
  list(): Promise<readonly ScheduleJob[]>;
}
