/**
 * Keeps the server's workflows like a folder: applies what changes, says what changed, and goes on after every problem. A file that
 * could not be applied because the server was away is tried again.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { type ApplyOptions, applySource } from '../files/apply-source.ts';
import { createFolderReader, type FileChange, watchFolder } from '../files/folder-changes.ts';
import { shownPath } from '../files/read-sources.ts';
import { parseSource } from '../files/source-file.ts';
import { type Commands, done, type Session } from '../session.ts';
import { renderApplied } from './apply.ts';

const debounceMs = 120;
const slowLookMs = 2_000;

export function registerDev(program: Command, commands: Commands): void {
  program
    .command('dev')
    .description('watch a folder and apply its workflows as they change')
    .argument('<folder>')
    .option('--activate', 'make every applied version live')
    .action((folder: string, options: ApplyOptions) => commands.run((session) => dev(session, folder, options)));
}

async function dev(session: Session, folderArgument: string, options: ApplyOptions) {
  const { host, out } = session;
  const folder = resolve(host.cwd, folderArgument);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw usageError(`${folderArgument} is no folder.`);

  const end = new AbortController();
  const releaseInterrupt = host.onInterrupt(() => end.abort());
  let notice = new AbortController();
  const stopWatching = watchFolder(folder, () => notice.abort());
  const readChanges = createFolderReader(folder);
  const waiting = new Map<string, FileChange>();
  out.note(`Watching ${folderArgument} for ${session.api.url}. Ctrl-C ends it.`);
  try {
    while (!end.signal.aborted) {
      notice = new AbortController();
      for (const change of await readChanges().catch(() => [])) waiting.set(change.path, change);
      await applyWaiting(session, waiting, options);
      await host.sleep(slowLookMs, AbortSignal.any([notice.signal, end.signal]));
      // Several writes of one save are one change.
      if (notice.signal.aborted) await host.sleep(debounceMs, end.signal);
    }
  } finally {
    stopWatching();
    releaseInterrupt();
  }
  return done;
}

async function applyWaiting(session: Session, waiting: Map<string, FileChange>, options: ApplyOptions): Promise<void> {
  for (const [path, change] of waiting) {
    try {
      await applyChange(session, change, options);
      waiting.delete(path);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.details.code !== 'UNREACHABLE') waiting.delete(path);
      session.out.error(error);
      if (error.details.code === 'UNREACHABLE') return;
    }
  }
}

async function applyChange({ api, host, out }: Session, { path, text }: FileChange, options: ApplyOptions): Promise<void> {
  const file = shownPath(host, path);
  if (text === null) {
    if (out.json) out.event({ file, status: 'removed' });
    out.note(`${out.noteStyle.dim('-')} ${file} is gone; its workflow stays on the server (automateos workflows delete)`);
    return;
  }
  for (const source of parseSource(file, text)) {
    if (source.kind === 'other') continue;
    const applied = await applySource(api, source, options);
    if (out.json) out.event(applied);
    else out.line(renderApplied(applied, out.style, options));
  }
}
