/**
 * node infra/deploy/hosting.ts --region R [--site S] > firebase.release.json: firebase.json for this installation. Rewrites name the region of the
 * functions, and a project may have several sites; the file in the repository has one example of each.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

type Rewrite = { readonly run?: { readonly serviceId: string; readonly region: string } };
type FirebaseJson = { readonly hosting: { readonly rewrites: readonly Rewrite[] } };

export function hostingConfig(
  text: string,
  { region, site }: { readonly region: string; readonly site: string | undefined },
): object {
  const { hosting, ...rest }: FirebaseJson = JSON.parse(text);
  const rewrites = hosting.rewrites.map((rewrite) =>
    rewrite.run === undefined ? rewrite : { ...rewrite, run: { ...rewrite.run, region } },
  );
  return { ...rest, hosting: { ...hosting, ...(site === undefined ? {} : { site }), rewrites } };
}

function main(): void {
  const { values } = parseArgs({ options: { region: { type: 'string' }, site: { type: 'string' } } });
  if (values.region === undefined) throw new TypeError('Usage: hosting.ts --region R [--site S]');
  const text = readFileSync(join(import.meta.dirname, '../../firebase.json'), 'utf8');
  const site = values.site === '' ? undefined : values.site;
  process.stdout.write(`${JSON.stringify(hostingConfig(text, { region: values.region, site }), null, 2)}\n`);
}

if (import.meta.main) main();
