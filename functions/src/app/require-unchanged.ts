import { AppError } from '@automateos/shared/model/app-error';

/** Whether something is still as its writer has read it; absent: it may be as it likes. Asked of what the write will replace. */
export type Expected<T> = ((current: T) => boolean) | undefined;

/** Throws PRECONDITION_FAILED. */
export function requireUnchanged<T>(expected: Expected<T>, current: T): void {
  if (expected !== undefined && !expected(current)) throw new AppError('PRECONDITION_FAILED');
}
