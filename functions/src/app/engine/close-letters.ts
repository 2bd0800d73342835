/**
 * The dead letters that a retry redrives: those of the failed steps that it runs again. They change in the commit that makes the
 * execution run, each under its version, so that a letter is redriven once, and never discarded at the same time.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Branch } from '@automateos/shared/model/branch';
import { DeadLetter } from '@automateos/shared/model/dead-letter';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { asDocument } from './as-document.ts';
import { type EditedStep, isStepOf } from './edit-step.ts';

export type Redrive = { readonly letter: DeadLetter; readonly input?: JsonObject | undefined };

export type ClosedLetters = {
  readonly ids: readonly string[];
  writes(edited: EditedStep | null): readonly Write[];
};

/** With 400 branches still within one commit. A letter beyond it stays open and says, when it is redriven, that its step has run again. */
const mostLetters = 40;

/** Throws DEAD_LETTER_CLOSED and NOT_REDRIVABLE for the letter that is asked for. */
export async function closeLetters(
  app: App,
  principal: Principal,
  branches: readonly Branch[],
  redrive: Redrive | null,
): Promise<ClosedLetters> {
  const steps = branches.flatMap((branch) => branch.steps.filter((step) => step.status === 'failed' && !step.handled));
  const asked = redrive?.letter.id;
  const named = steps.flatMap(({ deadLetter }) => deadLetter ?? []).filter((id) => id !== asked);
  const ids = asked === undefined ? named : [asked, ...named];
  const rows = ids.length === 0 ? [] : await app.store.getAll(ids.slice(0, mostLetters).map((id) => pathOf(principal, id)));
  const letters = rows.flatMap((row) => (row ? [{ ...row, letter: DeadLetter.parse(row.data) }] : []));
  if (redrive) {
    const letter = letters.find((each) => each.letter.id === asked)?.letter;
    if (!letter) throw new AppError('NOT_FOUND', { what: 'dead letter', id: redrive.letter.id });
    requireOpen(letter);
    if (!steps.some((step) => isStepOf(letter, step))) throw new AppError('NOT_REDRIVABLE', { id: letter.id, reason: runsNot });
  }
  const open = letters.filter(({ letter }) => letter.status === 'open');
  const redriven = { status: 'redriven', redrivenAt: toInstant(app.clock.now()), redrivenBy: principal.userId } as const;
  return {
    ids: open.map(({ letter }) => letter.id),
    writes: (edited) => [
      ...open.map(({ path, version, data, letter }): Write => {
        const more = edited && letter.id === asked ? { editedParams: [...edited.params] } : {};
        return { kind: 'update', path, version, data: asDocument({ ...data, ...redriven, ...more }) };
      }),
      ...(redrive ? [audit(app, principal, redrive.letter, edited)] : []),
    ],
  };
}

export const runsNot =
  'a retry would not run its step again, because the workflow has taken the failure itself (error port, onError, for-each or compensation) or the step has run since. Fork the execution, or discard the letter.';

export function requireOpen(letter: DeadLetter): void {
  const { id, status } = letter;
  if (status === 'open') return;
  const by = (status === 'redriven' ? letter.redrivenBy : letter.discardedBy) ?? 'somebody';
  throw new AppError('DEAD_LETTER_CLOSED', { id, status, by });
}

function audit(app: App, principal: Principal, { id, executionId }: DeadLetter, edited: EditedStep | null): Write {
  const details = { executionId, ...(edited ? { editedParams: [...edited.params] } : {}) };
  return auditWrite(app, principal, 'dead-letter.redriven', { kind: 'dead-letter', id }, details);
}

function pathOf({ org }: Principal, id: string): string {
  return paths.deadLetter(org, id);
}
