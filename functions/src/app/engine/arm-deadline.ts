/**
 * An execution's deadline, kept to the moment: a timer in the process that starts or retries it. Only where it is near, because it costs
 * memory until it fires; a far one, and one whose process is gone, is the sweep's, which is late by seconds.
 */
import type { Execution } from '@automateos/shared/model/execution';
import { fromInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { requestStop } from './request-stop.ts';

/** Beyond this a sweep's seconds are a small part of the whole. */
const nearMs = 60_000;

/** A timer for an execution that ends before, or was never stored, changes nothing. */
export function armDeadline(app: App, { org, id, deadlineAt }: Pick<Execution, 'org' | 'id' | 'deadlineAt'>): void {
  const left = deadlineAt === null ? Number.POSITIVE_INFINITY : fromInstant(deadlineAt) - app.clock.now();
  if (left > nearMs) return;
  app.clock.after(Math.max(left, 0), () => {
    if (app.settings.draining?.() === true) return;
    requestStop(app, org, id, { to: 'timed-out', reason: {} }).catch((error: unknown) =>
      app.logger.warn('deadline-left-to-sweep', { execution: id, reason: String(error) }),
    );
  });
}
