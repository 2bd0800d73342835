/**
 * Expressions are worked out by Terraform itself, as far as they depend on no resource: every such local has a value with dev.tfvars and with
 * prod.tfvars. A name mistyped in topology.json, a function called wrongly, a conditional whose sides differ show here and nowhere else offline.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Finding, InfraReport } from './finding.ts';
import { type Block, readTerraform, type TerraformModule, terraformFolder, textsIn } from './terraform-files.ts';

const variableFiles = ['dev.tfvars', 'prod.tfvars'];
/** What has no place in a file. */
const given = ['-var=project_id=my-project', '-var=owner_email=owner@example.com', '-var=image_tag=abc1234'];
const readByTerraform = ['infra/topology.json', 'firestore.indexes.json'];

export async function checkTerraformLocals(root: string): Promise<InfraReport> {
  return evaluateLocals(root, await readTerraform(root));
}

export function evaluateLocals(root: string, module: TerraformModule): InfraReport {
  if (spawnSync('terraform', ['version']).error !== undefined)
    return { findings: [], notes: ['the values of locals (terraform is not installed)'] };
  const pure = withoutResources(module.locals);
  const folder = mkdtempSync(join(tmpdir(), 'automateos-terraform-'));
  try {
    const inside = join(folder, terraformFolder);
    mkdirSync(inside, { recursive: true });
    for (const file of readByTerraform) copyFileSync(join(root, file), join(folder, file));
    // hcl2json's output is Terraform's JSON syntax
    const variable = Object.fromEntries(
      module.variables.map(({ name, body }) => [name, { ...body, type: String(body.type).replace(/^\$\{([\s\S]*)\}$/, '$1') }]),
    );
    const locals = Object.fromEntries(pure.map(({ name, body }) => [name, body.value]));
    writeFileSync(join(inside, 'pure.tf.json'), JSON.stringify({ variable, locals }, null, 1));
    const findings = variableFiles.flatMap((file) => {
      const said = evaluate(inside, join(root, terraformFolder, file), pure);
      return said === null ? [] : [{ file: `${terraformFolder}/${file}`, message: said } satisfies Finding];
    });
    return { findings };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Locals that name no resource and no data, nor another local that does. */
function withoutResources(locals: readonly Block[]): readonly Block[] {
  const refers = (block: Block, name: string): boolean =>
    textsIn(block.body).some((text) => new RegExp(`\\blocal\\.${name}\\b`).test(text));
  let pure = locals.filter((block) => !textsIn(block.body).some((text) => /\b(google_\w+|data|ephemeral)\.\w/.test(text)));
  for (;;) {
    const impure = locals.filter((block) => !pure.includes(block));
    const next = pure.filter((block) => !impure.some(({ name }) => refers(block, name)));
    if (next.length === pure.length) return pure;
    pure = next;
  }
}

/** null when all have a value. */
function evaluate(cwd: string, variableFile: string, locals: readonly Block[]): string | null {
  const question = `length(jsonencode([${locals.map(({ name }) => `local.${name}`).join(', ')}]))\n`;
  const { status, stdout, stderr } = spawnSync('terraform', ['console', `-var-file=${variableFile}`, ...given], {
    ...{ cwd, input: question, encoding: 'utf8' },
    env: { ...process.env, TF_CLI_ARGS: '', NO_COLOR: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (status === 0 && /^\d+$/m.test(stdout.trim())) return null;
  return problemIn(`${stdout}\n${stderr}`);
}

/** Terraform draws boxes; what is in them, without its word about a missing configuration of its own. */
function problemIn(said: string): string {
  const lines = stripVTControlCharacters(said)
    .split('\n')
    .map((line) =>
      line
        .replace(/^[│╷╵]\s*/, '')
        .trim()
        .slice(0, 300),
    );
  const first = lines.findIndex((line) => line.startsWith('Error:'));
  return first < 0
    ? `no value: ${lines.join(' ').trim()}`
    : lines
        .slice(first, first + 12)
        .filter((line) => line !== '')
        .join(' ');
}
