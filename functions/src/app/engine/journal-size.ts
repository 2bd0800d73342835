/**
 * How large a journal is, so that no document comes near the store's limit of 1 MiB. A journal is let grow to `journalBytes` before it goes on
 * in a new document, and one step more may come on top of it: its params and output inline, what it printed, why its tries failed.
 */
import type { Branch, Step } from '@automateos/shared/model/branch';
import type { StepFailure } from '@automateos/shared/model/step-error';
import type { Run } from './run.ts';

const messageChars = 10_000;
const detailsChars = 20_000;
/** Of an earlier try: there may be twenty of them. */
const triedMessageChars = 1_000;

/** Full by bytes alone: what only computes goes on without a commit, however many steps it takes, up to here. */
export function isLarge(run: Run, branch: Branch): boolean {
  const limit = run.app.settings.journalBytes;
  let bytes = 0;
  for (const step of branch.steps) {
    bytes += bytesOf(run, step);
    if (bytes >= limit) return true;
  }
  return false;
}

/** Entries are replaced, never changed, so that each is measured once. */
function bytesOf({ sizes }: Run, step: Step): number {
  const known = sizes.get(step);
  if (known !== undefined) return known;
  const bytes = jsonBytes(step);
  sizes.set(step, bytes);
  return bytes;
}

const jsonBytes = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** A failure as a journal can hold it: a long message is cut, details that are too much are left out. */
export function boundedFailure(failure: StepFailure): StepFailure {
  const { message, details, ...rest } = failure;
  const fits = details !== undefined && JSON.stringify(details).length <= detailsChars;
  return { ...rest, message: cut(message, messageChars), ...(fits ? { details } : {}) };
}

/** As an earlier try keeps it. */
export function triedFailure({ details, message, ...rest }: StepFailure): StepFailure {
  return { ...rest, message: cut(message, triedMessageChars) };
}

const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}...`);
