/** Poison: a message that cannot be read, today or on any other day, unlike one that was read and whose work failed. */
import { AppError } from '@automateos/shared/model/app-error';

export class UnreadablePush extends AppError {}

/** Runs what reads a message: any error of the catalogue in there means that it cannot be read. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new UnreadablePush(error.code, error.context, { cause: error.cause });
  }
}
