/**
 * Changes that name no version mean "whatever it is now": who is outrun between reading and committing reads and decides again. Each
 * round somebody has won, so that n writers at the same time need at most n rounds.
 */
import { AppError } from '@automateos/shared/model/app-error';

/** What was read has changed before the commit. Reaches a client only after every round was lost. */
export class Outrun extends AppError {
  constructor(what: string) {
    super('CONFLICT', { reason: `The ${what} was changed by somebody else at the same time. Read it and try again.` });
    this.name = 'Outrun';
  }
}

const mostRounds = 100;

/** `attempt` reads all that it decides by, and changes nothing where it throws. */
export async function decideAgain<T>(attempt: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Outrun) || round === mostRounds) throw error;
    }
  }
}
