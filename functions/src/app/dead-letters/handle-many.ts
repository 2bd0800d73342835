/**
 * The same for many letters: those that are named, or the open ones that a filter finds, newest first. One after the other, each for
 * itself: one that cannot be done does not keep the others from it, and what was done stays done.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import type { PageRequest, Position } from '../paging.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { type LetterFilter, listDeadLetters } from './list-dead-letters.ts';
import { redriveDeadLetter } from './redrive-dead-letter.ts';

export const mostAtOnce = 100;

export type Choice =
  | { readonly ids: readonly string[] }
  | { readonly filter: Omit<LetterFilter, 'status'>; readonly page: PageRequest };

export type LetterResult =
  | { readonly id: string; readonly ok: true; readonly executionId: string | null }
  | { readonly id: string; readonly ok: false; readonly problem: AppError };

/** `next` goes on behind what this call has looked at. */
export type ManyHandled = { readonly items: readonly LetterResult[]; readonly next: Position | null };

/** One retry redrives every letter of its execution: those count as done, too. */
export async function redriveMany(app: App, principal: Principal, choice: Choice): Promise<ManyHandled> {
  const done = new Map<string, string | null>();
  return handle(app, principal, choice, async (id) => {
    const before = done.get(id);
    if (before !== undefined) return before;
    const { executionId, letters } = await redriveDeadLetter(app, principal, id);
    for (const letter of letters) done.set(letter, executionId);
    return executionId;
  });
}

export function discardMany(app: App, principal: Principal, choice: Choice, reason?: string): Promise<ManyHandled> {
  return handle(app, principal, choice, async (id) => (await discardDeadLetter(app, principal, id, reason)).executionId);
}

async function handle(
  app: App,
  principal: Principal,
  choice: Choice,
  act: (id: string) => Promise<string | null>,
): Promise<ManyHandled> {
  const { ids, next } = await chosen(app, principal, choice);
  const items: LetterResult[] = [];
  for (const id of ids) {
    try {
      items.push({ id, ok: true, executionId: await act(id) });
    } catch (error) {
      // what the role may not do, it may do for none of them
      if (!(error instanceof AppError) || error.code === 'FORBIDDEN') throw error;
      items.push({ id, ok: false, problem: error });
    }
  }
  return { items, next };
}

async function chosen(app: App, principal: Principal, choice: Choice) {
  if ('ids' in choice) return { ids: [...new Set(choice.ids)], next: null };
  const { items, next } = await listDeadLetters(app, principal, { ...choice.filter, ...choice.page, status: 'open' });
  return { ids: items.map(({ id }) => id), next };
}
