/**
 * The server's whole store as one file, while it runs. The file appears under its name only when it is complete and on the disk, and
 * only its owner can read it: it holds everything.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { humanBytes } from '../output/humanise.ts';
import { type Commands, done, type Session } from '../session.ts';
import { withoutAdmin } from './admin.ts';

const sqliteMagic = 'SQLite format 3\0';

export function registerBackup(program: Command, commands: Commands): void {
  program
    .command('backup')
    .description('save the whole store of an embedded server to a file, while it runs')
    .argument('<file>')
    .option('--force', 'replace the file if it exists')
    .action((file: string, options: { force?: boolean }) =>
      commands.run((session) => backup(session, file, options.force === true)),
    );
}

async function backup(session: Session, file: string, force: boolean) {
  const { api, host, out } = session;
  const path = resolve(host.cwd, file);
  if (!force && (await exists(path)))
    throw usageError(`${file} exists already.`, 'Choose another name, or replace it with --force.');
  const response = await api
    .open('/v1/admin/backup', { method: 'POST', accept: 'application/vnd.sqlite3, application/octet-stream', timeoutMs: 600_000 })
    .catch(withoutAdmin);
  const partial = `${path}.partial`;
  try {
    const bytes = await receive(session, response, partial);
    await rename(partial, path);
    out.result({ file: path, bytes }, () => out.line(`${out.style.good('✓')} ${file}  ${humanBytes(bytes)}`));
    return done;
  } catch (cause) {
    await rm(partial, { force: true });
    if (cause instanceof CliError) throw cause;
    const reason = cause instanceof Error ? cause.message : '';
    throw new CliError(
      {
        code: 'BACKUP_FAILED',
        message: `The backup is not complete, and nothing was kept of it: ${reason}`,
        exit: exitCode.failed,
      },
      { cause },
    );
  }
}

async function receive({ host, out }: Session, response: Response, partial: string): Promise<number> {
  // The length of a compressed answer is not that of its content.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const expected = length === null ? Number.NaN : Number(length);
  const file = await open(partial, 'w', 0o600);
  let bytes = 0;
  let head = '';
  try {
    for await (const chunk of response.body ?? []) {
      if (head.length < sqliteMagic.length) head += Buffer.from(chunk).toString('latin1', 0, sqliteMagic.length);
      await file.appendFile(chunk);
      bytes += chunk.byteLength;
      if (!out.json && host.stderr.isTTY)
        host.stderr.write(`\r\u001b[2K${humanBytes(bytes)}${Number.isNaN(expected) ? '' : ` of ${humanBytes(expected)}`}`);
    }
    await file.sync();
  } finally {
    await file.close();
    if (!out.json && host.stderr.isTTY) host.stderr.write('\r\u001b[2K');
  }
  const whole = Number.isNaN(expected) || expected === bytes;
  if (head.startsWith(sqliteMagic) && whole) return bytes;
  const message = whole ? 'What the server sent is no backup.' : `The backup broke off after ${humanBytes(bytes)}.`;
  throw new CliError({ code: 'BACKUP_FAILED', message, exit: exitCode.failed });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
