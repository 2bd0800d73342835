/**
 * The server's whole store as one file, while it runs. The file appears under its name only when it is complete and on the disk, and
 * only its owner can read it: it holds everything. A server that keeps its copy on its own disk says where; on this machine it is
 * fetched from there, elsewhere its place is told.
 */
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import { KeptBackup } from '../http/answers.ts';
import { humanBytes } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import { type Commands, done, type Session } from '../session.ts';
import { isLoopback } from '../settings.ts';
import { withoutAdmin } from './admin.ts';

const sqliteMagic = 'SQLite format 3\0';
const accept = 'application/vnd.sqlite3, application/octet-stream;q=0.9, application/json;q=0.5';

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
    .open('/v1/admin/backup', { method: 'POST', json: {}, accept, timeoutMs: 600_000 })
    .catch(withoutAdmin);
  const source = await sourceOf(session, response);
  if ('kept' in source) {
    const { file: serverFile, bytes } = source.kept;
    out.result({ serverFile, bytes }, () =>
      out.line(`${out.style.good('✓')} The server wrote it to its own disk: ${oneLine(serverFile)}  ${humanBytes(bytes)}`),
    );
    out.note(out.noteStyle.warn(`${file} was not written: the server does not send its backups. Fetch it from there.`));
    return done;
  }
  const bytes = await save(session, source, path);
  out.result({ file: path, bytes, ...(source.from === undefined ? {} : { serverFile: source.from }) }, () => {
    out.line(`${out.style.good('✓')} ${file}  ${humanBytes(bytes)}`);
    if (source.from !== undefined) out.note(out.noteStyle.dim(`The server keeps its copy: ${oneLine(source.from)}`));
  });
  return done;
}

type Chunks = { readonly chunks: AsyncIterable<Uint8Array>; readonly expectedBytes: number | null; readonly from?: string };
type Source = Chunks | { readonly kept: KeptBackup };

async function sourceOf({ api }: Session, response: Response): Promise<Source> {
  if (response.headers.get('content-type')?.startsWith('application/json')) {
    const kept = KeptBackup.safeParse(await response.json().catch(() => null));
    if (!kept.success) throw failed('What the server sent is no backup.');
    const { file, bytes } = kept.data;
    // Only a file of just this size can be the one that a server on this machine speaks of.
    const here =
      isLoopback(api.url) &&
      (await stat(file).then(
        (found) => found.size === bytes,
        () => false,
      ));
    return here ? { chunks: createReadStream(file), expectedBytes: bytes, from: file } : { kept: kept.data };
  }
  // The length of a compressed answer is not that of its content.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  return { chunks: response.body ?? emptyBody(), expectedBytes: length === null ? null : Number(length) };
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

async function save(session: Session, source: Chunks, path: string): Promise<number> {
  const partial = `${path}.partial`;
  try {
    const bytes = await receive(session, source, partial);
    await rename(partial, path);
    return bytes;
  } catch (cause) {
    await rm(partial, { force: true });
    if (cause instanceof CliError) throw cause;
    throw failed(`The backup is not complete, and nothing was kept of it: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

async function receive({ host, out }: Session, { chunks, expectedBytes }: Chunks, partial: string): Promise<number> {
  const live = !out.json && host.stderr.isTTY;
  const file = await open(partial, 'w', 0o600);
  let bytes = 0;
  let head = '';
  try {
    for await (const chunk of chunks) {
      if (head.length < sqliteMagic.length) head += Buffer.from(chunk).toString('latin1', 0, sqliteMagic.length);
      await file.appendFile(chunk);
      bytes += chunk.byteLength;
      const total = expectedBytes === null ? '' : ` of ${humanBytes(expectedBytes)}`;
      if (live) host.stderr.write(`\r\u001b[2K${humanBytes(bytes)}${total}`);
    }
    await file.sync();
  } finally {
    await file.close();
    if (live) host.stderr.write('\r\u001b[2K');
  }
  if (expectedBytes !== null && expectedBytes !== bytes) throw failed(`The backup broke off after ${humanBytes(bytes)}.`);
  if (!head.startsWith(sqliteMagic)) throw failed('What the server sent is no backup.');
  return bytes;
}

function failed(message: string, cause?: unknown): CliError {
  return new CliError({ code: 'BACKUP_FAILED', message, exit: exitCode.failed }, { cause });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
