/** Whatever an expression names is declared, whatever is declared is named, and what is read of a resource is something that it has. */
import type { Finding, InfraReport } from './finding.ts';
import { camelCase, resourceSchema } from './provider-schema.ts';
import { type Body, readTerraform, type TerraformModule, textsIn } from './terraform-files.ts';

export async function checkTerraformReferences(root: string): Promise<InfraReport> {
  return { findings: referenceFindings(root, await readTerraform(root)) };
}

type Reference = { readonly kind: 'var' | 'local' | 'resource' | 'data'; readonly name: string; readonly attribute?: string };

export function referenceFindings(root: string, module: TerraformModule): readonly Finding[] {
  const declared = new Set([
    ...module.variables.map(({ name }) => `var.${name}`),
    ...module.locals.map(({ name }) => `local.${name}`),
    ...module.resources.map(({ type, name }) => `${type}.${name}`),
    ...module.data.map(({ type, name }) => `data.${type}.${name}`),
    ...module.ephemeral.map(({ type, name }) => `ephemeral.${type}.${name}`),
  ]);
  const used = new Set<string>();
  const findings: Finding[] = [];
  for (const [file, body] of module.files) {
    for (const reference of referencesIn(body)) {
      used.add(reference.name);
      if (!declared.has(reference.name)) findings.push({ file, message: `${reference.name} is declared nowhere` });
      else findings.push(...attributeFindings(root, file, reference));
    }
  }
  const idle = [...module.variables, ...module.locals].map((block) => ({
    file: block.file,
    name: `${block.type === 'local' ? 'local' : 'var'}.${block.name}`,
  }));
  return [
    ...unique(findings),
    ...idle.filter(({ name }) => !used.has(name)).map(({ file, name }) => ({ file, message: `${name} is used nowhere` })),
  ];
}

function referencesIn(body: Body): readonly Reference[] {
  const texts = textsIn(body).filter((text) => text.includes('${'));
  return texts.flatMap((text) => [
    ...[...text.matchAll(/(?<![\w.])(var|local)\.(\w+)/g)].map(([name, kind]) => ({
      kind: kind === 'var' ? ('var' as const) : ('local' as const),
      name,
    })),
    ...[...text.matchAll(/(?<![\w.])((?:data\.)?google_\w+\.\w+)(?:\[[^\]]*\])?(?:\.(\w+))?/g)].map(
      ([, name = '', attribute]) => ({
        ...{ kind: name.startsWith('data.') ? ('data' as const) : ('resource' as const), name },
        ...(attribute === undefined ? {} : { attribute }),
      }),
    ),
    ...[...text.matchAll(/(?<![\w.])(ephemeral\.\w+\.\w+)/g)].map(([, name = '']) => ({ kind: 'resource' as const, name })),
  ]);
}

function attributeFindings(root: string, file: string, { kind, name, attribute }: Reference): readonly Finding[] {
  if (attribute === undefined || kind === 'var' || kind === 'local') return [];
  const [type = ''] = name.replace(/^data\./, 'data_').split('.');
  const schema = resourceSchema(root, type);
  // of the beta provider's resources nothing is known here
  if (schema === null || schema.attributes.has(camelCase(attribute))) return [];
  return [{ file, message: `${name} has no attribute ${attribute}` }];
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.file} ${finding.message}`, finding])).values()];
}
