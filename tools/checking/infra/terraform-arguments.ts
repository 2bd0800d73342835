/** Every argument of a Google resource is one that the provider knows, of its kind, and none that it needs is missing. Stands in for `terraform validate`. */
import type { Finding, InfraReport } from './finding.ts';
import { type Argument, camelCase, type ResourceSchema, resourceSchema, type Shape } from './provider-schema.ts';
import { type Block, type Body, list, object, readTerraform, type TerraformModule } from './terraform-files.ts';

const metaArguments = new Set(['for_each', 'count', 'provider', 'depends_on', 'lifecycle', 'dynamic']);

/** Only the beta provider has these, and there are no typings of it here: what they take is written down by hand. */
const betaOnly: Readonly<Record<string, readonly string[]>> = {
  google_firebase_project: ['project'],
  google_firebase_web_app: ['project', 'display_name', 'deletion_policy', 'api_key_id'],
  google_firebase_hosting_site: ['project', 'site_id', 'app_id'],
  google_project_service_identity: ['project', 'service'],
};

export async function checkTerraformArguments(root: string): Promise<InfraReport> {
  return { findings: argumentFindings(root, await readTerraform(root)) };
}

export function argumentFindings(root: string, module: TerraformModule): readonly Finding[] {
  const typed = [...module.resources, ...module.data.map((block) => ({ ...block, type: `data_${block.type}` }))];
  return [
    ...module.syntaxErrors,
    ...typed.flatMap((block) =>
      blockFindings(root, block).map((message) => ({ file: block.file, message: `${block.type}.${block.name}: ${message}` })),
    ),
  ];
}

function blockFindings(root: string, block: Block): readonly string[] {
  const beta = betaOnly[block.type];
  if (beta !== undefined) {
    const unknown = Object.keys(block.body).filter((name) => !metaArguments.has(name) && !beta.includes(name));
    const provider = /^\$?\{?google-beta\}?$/.test(String(block.body.provider))
      ? []
      : ['exists in the provider google-beta alone'];
    return [...provider, ...unknown.map((name) => `no argument ${name}`)];
  }
  const schema = resourceSchema(root, block.type);
  if (schema === null) return ['the provider has no such resource'];
  return shapeFindings(schema, schema.root, block.body, '');
}

function shapeFindings(schema: ResourceSchema, shape: Shape, body: Body, at: string): readonly string[] {
  const dynamic = Object.entries(object(body.dynamic)).map(
    ([name, blocks]) => [name, list(blocks).flatMap((one) => list(object(one).content))] as const,
  );
  const given = [...Object.entries(body).filter(([name]) => !metaArguments.has(name)), ...dynamic];
  const findings = given.flatMap(([name, value]) => {
    const argument = shape[camelCase(name)];
    if (argument === undefined) return [`no argument ${at}${name}`];
    return valueFindings(schema, argument, value, `${at}${name}`);
  });
  const names = new Set(given.map(([name]) => camelCase(name)));
  const missing = Object.entries(shape).filter(([name, { required }]) => required && !names.has(name));
  return [...findings, ...missing.map(([name]) => `${at}${snakeCase(name)} is required`)];
}

function valueFindings(schema: ResourceSchema, { type }: Argument, value: unknown, at: string): readonly string[] {
  const [plain = ''] = type.split(' | ');
  const nested = schema.nested.get(plain.replace(/\[\]$/, ''));
  if (nested !== undefined) {
    if (typeof value === 'string') return []; // an expression
    const blocks = list(value);
    const single = plain.endsWith('[]') || blocks.length <= 1 ? [] : [`${at} may stand once`];
    return [...single, ...blocks.flatMap((one) => shapeFindings(schema, nested, object(one), `${at}.`))];
  }
  if (typeof value === 'string' && value.includes('${')) return [];
  if (Array.isArray(value) && value.some((one) => typeof one === 'object')) return [`${at} is no block`];
  if (plain === 'boolean' && typeof value !== 'boolean') return [`${at} is true or false`];
  if (plain === 'number' && typeof value !== 'number') return [`${at} is a number`];
  if (plain.endsWith('[]') && !Array.isArray(value)) return [`${at} is a list`];
  if (plain === 'string' && typeof value === 'object') return [`${at} is a text`];
  return [];
}

function snakeCase(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
