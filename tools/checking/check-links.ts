/** Every link between our pages of Markdown leads to a file that there is, and to a heading that there is in it. Links elsewhere are left alone. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
const pages = tracked.split('\n').filter((file) => file !== '');

const withoutBlocks = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replaceAll(/`[^`\n]*`/g, 'code');

/** As the forges make them: lower case, without punctuation, spaces as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/[`*]|\[|\]\([^)]*\)/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .trim()
    .replaceAll(' ', '-');

function anchorsOf(file: string): ReadonlySet<string> {
  const text = withoutBlocks(readFileSync(join(root, file), 'utf8'));
  return new Set([...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => anchorOf(heading ?? '')));
}

function faultOf(page: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return `${page}: there is no ${file}`;
  const isMissing = anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
  return isMissing ? `${page}: ${file} has no heading for #${anchor}` : null;
}

const faults = pages.flatMap((page) => {
  const links = withoutCode(readFileSync(join(root, page), 'utf8')).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link]) => faultOf(page, link ?? '')).filter((fault) => fault !== null);
});
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
