/**
 * Brings node_modules in line with package-lock.json, and only when it is not. The truth is npm's own record of what it installed
 * (node_modules/.package-lock.json), so an install by hand counts, and an interrupted one (npm writes that record last) does not.
 * An existing install is added to, never emptied: a server that runs from it goes on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './launcher-error.mjs';
import { runQuietly } from './run-quietly.mjs';

export async function ensureInstalled({ root, development }) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'));
  if (wanted === null) throw new LauncherError('package-lock.json is missing or damaged: this clone is incomplete');
  if (installed !== null && missingPackages(wanted, installed, development).length === 0) return;
  const hasDevelopment = installed !== null && Object.values(installed).some((entry) => entry.dev === true);
  const all = development || hasDevelopment;
  process.stderr.write(
    `Installing ${all ? 'everything, what tests need included' : 'what running needs'} (once, about a minute) ...\n`,
  );
  await runNpm(root, [
    ...(installed === null ? ['ci'] : ['install', '--no-save']),
    all ? '--include=dev' : '--omit=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ]);
  const record = readPackages(join(root, 'node_modules/.package-lock.json'));
  const missing = record === null ? ['node_modules'] : missingPackages(wanted, record, all);
  if (missing.length > 0)
    throw new LauncherError(
      `npm finished, yet these are missing: ${missing.slice(0, 5).join(', ')}. Remove node_modules and try again.`,
    );
}

function readPackages(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? null;
  } catch {
    return null; // half-written: the same as absent, npm writes it anew
  }
}

/** Optional packages may be absent (other platforms); what is only reached through one is `optional` or `devOptional` as well. */
export function missingPackages(wanted, installed, development) {
  const missing = [];
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional === true || entry.devOptional === true) continue;
    if (entry.dev === true && !development) continue;
    const found = installed[path];
    if (found === undefined || found.version !== entry.version || found.link !== entry.link) missing.push(path);
  }
  return missing;
}

/** npm's own output is shown only when it fails: under Node 20 it warns about each package that wants a newer one. */
async function runNpm(root, args) {
  const npm = process.env.npm_execpath;
  const [file, prefix] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const { code, output } = await runQuietly(file, [...prefix, ...args], { cwd: root, shell: process.platform === 'win32' });
  if (code !== 0) throw new LauncherError(`${withoutUsage(output)}npm ${args.join(' ')} failed (exit code ${code})`);
}

/** After its reason npm explains its options at length. */
function withoutUsage(output) {
  return output.replace(/(npm error\s*\n)?npm error Clean install a project[\s\S]*?Run "npm help \w+" for more info\n/, '');
}
