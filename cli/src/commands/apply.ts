/** Files to workflows: create or update by name, a line for each. */
import type { Command } from 'commander';
import { exitCode } from '../exit-code.ts';
import { type Applied, type ApplyOptions, applySource } from '../files/apply-source.ts';
import { readSources } from '../files/read-sources.ts';
import { renderProblems } from '../output/render-problems.ts';
import type { Style } from '../output/style.ts';
import { oneLine } from '../output/text-width.ts';
import type { Commands, Session } from '../session.ts';

export function registerApply(program: Command, commands: Commands): void {
  program
    .command('apply')
    .description('create or update workflows by name')
    .argument('<path...>', 'files, folders, or - for stdin (JSON or YAML)')
    .option('--activate', 'make the applied version live: its triggers start executions')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--force', 'save a new version also when only comments changed')
    .action((paths: string[], options: ApplyOptions) => commands.run((session) => applyAll(session, paths, options)));
}

async function applyAll(session: Session, paths: readonly string[], options: ApplyOptions) {
  const { out } = session;
  const results: Applied[] = [];
  for (const source of await readSources(session.host, paths)) {
    const applied = await applySource(session.api, source, options);
    results.push(applied);
    if (!out.json) out.line(renderApplied(applied, out.style, options));
  }
  if (out.json) out.result({ dryRun: options.dryRun === true, workflows: results }, () => undefined);
  return results.some(isFault) ? exitCode.failed : exitCode.succeeded;
}

export function isFault(applied: Applied): boolean {
  return applied.status === 'invalid' || applied.status === 'refused';
}

/** Saved after the version that triggers start. */
function waits({ status, version, activeVersion, activated }: Applied): boolean {
  const saved = status === 'updated' || status === 'unchanged';
  return saved && activated !== true && typeof activeVersion === 'number' && activeVersion !== version;
}

export function renderApplied(applied: Applied, style: Style, options: ApplyOptions): string {
  const { file, name, status, version, activeVersion, activated, changes = [], problems = [], error } = applied;
  const sign = isFault(applied)
    ? style.bad('✗')
    : status === 'unchanged'
      ? style.dim('=')
      : style.good(status === 'created' ? '+' : '~');
  const word = options.dryRun && !isFault(applied) && status !== 'unchanged' ? `would be ${status}` : status;
  const live =
    activated === true
      ? 'now active'
      : activeVersion === null || activeVersion === undefined || status === 'unchanged'
        ? ''
        : activeVersion === version
          ? 'active'
          : `version ${activeVersion} is live`;
  const parts = [oneLine(name), word, version === undefined ? '' : `version ${version}`, live, style.dim(applied.id ?? '')];
  const head = `${sign} ${file}  ${parts.filter((part) => part !== '').join('  ')}`;
  const signs = { added: style.good('+'), removed: style.bad('-'), changed: style.warn('~') };
  const lines = changes.map((change) => `    ${signs[change.kind]} ${oneLine(change.text)}`);
  if (waits(applied) && !options.dryRun) {
    lines.push(
      `    version ${version} saved, version ${activeVersion} is live: activate with "automateos workflows activate ${applied.id}", or apply with --activate`,
    );
  }
  if (error !== undefined) lines.push(`    ${oneLine(error.message)} ${style.dim(`[${oneLine(error.code)}]`)}`);
  if (problems.length > 0) lines.push(renderProblems(problems, style).trimEnd());
  return [head, ...lines].join('\n');
}
