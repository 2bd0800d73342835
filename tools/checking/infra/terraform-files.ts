/** infra/terraform as data: HCL is turned into Terraform's own JSON syntax by the parser that Terraform has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';

export type Body = { readonly [name: string]: unknown };
export type Block = { readonly file: string; readonly type: string; readonly name: string; readonly body: Body };

export type TerraformModule = {
  readonly resources: readonly Block[];
  readonly data: readonly Block[];
  readonly ephemeral: readonly Block[];
  readonly variables: readonly Block[];
  readonly outputs: readonly Block[];
  /** One block per name, its body's `value` the expression. */
  readonly locals: readonly Block[];
  /** Everything, in Terraform's JSON syntax, by file. */
  readonly files: ReadonlyMap<string, Body>;
  readonly syntaxErrors: readonly { readonly file: string; readonly message: string }[];
};

export const terraformFolder = 'infra/terraform';

/** `texts`: file name -> HCL. */
export async function parseTerraform(texts: ReadonlyMap<string, string>): Promise<TerraformModule> {
  const files = new Map<string, Body>();
  const syntaxErrors: { file: string; message: string }[] = [];
  for (const [file, text] of texts) {
    try {
      files.set(file, await parse(file, text));
    } catch (error) {
      syntaxErrors.push({ file, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const labelled = (kind: string): Block[] => [...files].flatMap(([file, body]) => twice(file, object(body[kind])));
  const named = (kind: string): Block[] => [...files].flatMap(([file, body]) => once(file, kind, object(body[kind])));
  return {
    resources: labelled('resource'),
    data: labelled('data'),
    ephemeral: labelled('ephemeral'),
    variables: named('variable'),
    outputs: named('output'),
    locals: [...files].flatMap(([file, body]) =>
      list(body.locals).flatMap((locals) =>
        Object.entries(object(locals)).map(([name, value]) => ({ file, type: 'local', name, body: { value } })),
      ),
    ),
    files,
    syntaxErrors,
  };
}

export function readTerraform(root: string): Promise<TerraformModule> {
  const folder = join(root, terraformFolder);
  const names = readdirSync(folder).filter((name) => name.endsWith('.tf'));
  return parseTerraform(new Map(names.map((name) => [`${terraformFolder}/${name}`, readFileSync(join(folder, name), 'utf8')])));
}

/** type -> name -> bodies */
function twice(file: string, types: Body): Block[] {
  return Object.entries(types).flatMap(([type, names]) => once(file, type, object(names)));
}

function once(file: string, type: string, names: Body): Block[] {
  return Object.entries(names).flatMap(([name, bodies]) =>
    list(bodies).map((body) => ({ file, type, name, body: object(body) })),
  );
}

export function object(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}; // any object is a Body
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Every string below a value. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return Object.values(object(value)).flatMap(textsIn);
}
