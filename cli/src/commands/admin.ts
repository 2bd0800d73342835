/** How the server is doing, what it stores, and clearing out old executions. */
import { parseDuration } from '@automateos/shared/model/duration';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { Anything } from '../http/answers.ts';
import { renderKeyValues } from '../output/key-values.ts';
import { type Commands, done, type Session } from '../session.ts';
import { confirm } from './confirm.ts';

type PruneOptions = { olderThan?: string; dryRun?: boolean; yes?: boolean };

const dayMs = 86_400_000;

export function registerAdmin(program: Command, commands: Commands): void {
  program
    .command('status')
    .description('workers, queue, oldest waiting work, sweeps')
    .action(() => commands.run((session) => figures(session, '/v1/admin/status')));
  program
    .command('storage')
    .description('what is stored, and how much of it')
    .action(() => commands.run((session) => figures(session, '/v1/admin/storage')));
  program
    .command('prune')
    .description('delete finished executions that are past their retention')
    .option('--older-than <time>', 'also those that ended longer ago than this: 30d, 12w')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .option('-y, --yes', 'do not ask')
    .action((options: PruneOptions) => commands.run((session) => prune(session, options)));
}

async function figures({ api, host, out }: Session, path: string) {
  const answer = await api.call(Anything, path).catch(withoutAdmin);
  out.result(answer, () => out.line(renderKeyValues(answer, host.nowMs())));
  return done;
}

async function prune(session: Session, options: PruneOptions) {
  const { api, host, out } = session;
  const dryRun = options.dryRun === true;
  const days = daysOf(options.olderThan);
  const what = days === undefined ? 'past their retention' : `that ended more than ${days} ${days === 1 ? 'day' : 'days'} ago`;
  if (!dryRun && !options.yes && !(await confirm(session, `Delete finished executions ${what}?`)))
    throw usageError('Nothing was deleted.');
  // Only what was asked for: a server that knows no choice refuses it, rather than deleting more than was meant.
  const json = { ...(dryRun ? { dryRun } : {}), ...(days === undefined ? {} : { olderThanDays: days }) };
  const answer = await api.call(Anything, '/v1/admin/prune', { method: 'POST', json, timeoutMs: 600_000 }).catch(withoutAdmin);
  out.result(answer, () => {
    out.line(dryRun ? 'Nothing was deleted; this would be:' : `${out.style.good('✓')} Deleted:`);
    out.line(renderKeyValues(answer, host.nowMs()));
  });
  return done;
}

/** Bare digits are days. */
function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * dayMs : parseDuration(text);
  if (ms === null || ms % dayMs !== 0)
    throw usageError(`--older-than takes whole days or weeks (30d, 12w), not ${JSON.stringify(text)}.`);
  return ms / dayMs;
}

/** A server that lacks these calls answers 404; that is worth a word of its own. */
export function withoutAdmin(error: unknown): never {
  if (error instanceof CliError && error.details.status === 404) {
    const mend = ['Update the server, or ask the one who runs it: some keep these calls closed.'];
    throw new CliError(
      { code: 'NOT_OFFERED', message: 'This server does not offer this call.', exit: exitCode.failed, mend, status: 404 },
      { cause: error },
    );
  }
  throw error;
}
