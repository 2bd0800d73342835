/** Asks before what cannot be undone. Without a terminal there is nobody to ask: --yes must be given. */
import { usageError } from '../cli-error.ts';
import type { Session } from '../session.ts';

export async function confirm({ host }: Session, question: string): Promise<boolean> {
  if (!host.stdin.isTTY) throw usageError(`${question} There is no terminal to ask on.`, 'Add --yes.');
  const answer = await host.stdin.ask(`${question} [y/N] `, { hidden: false });
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
