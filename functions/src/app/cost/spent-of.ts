import { toInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { spentIn } from './spend.ts';

/** `2026-11`, UTC. */
export function monthOf(app: App): string {
  return toInstant(app.clock.now()).slice(0, 7);
}

/** Micro-dollars in this month, by a workflow or by the `organization`. */
export function spentOf(app: App, org: string, scope: string): Promise<number> {
  const month = monthOf(app);
  return scope === 'organization' ? spentIn(app, org, 'month', month) : spentIn(app, org, 'flow', `${scope}|${month}`);
}
