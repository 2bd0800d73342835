/**
 * What arguments Google's resources take, read from the typings that CDK for Terraform generates from the provider's own schema (version 6.50):
 * the one schema of them that can be had without the provider's program.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Argument = { readonly type: string; readonly required: boolean };
export type Shape = { readonly [camelName: string]: Argument };
export type ResourceSchema = {
  readonly root: Shape;
  /** The shapes of nested blocks, by the name that an argument's `type` has. */
  readonly nested: ReadonlyMap<string, Shape>;
  /** What an expression may read of it. */
  readonly attributes: ReadonlySet<string>;
};

const library = 'node_modules/@cdktf/provider-google/lib';
const known = new Map<string, ResourceSchema | null>();

/** `google_pubsub_topic`, or `data_google_project`; null where the provider has none. */
export function resourceSchema(root: string, type: string): ResourceSchema | null {
  const key = `${root} ${type}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const folder = join(root, library, type.replace(/^google_/, '').replaceAll('_', '-'));
  const schema = existsSync(folder) ? readSchema(folder) : null;
  known.set(key, schema);
  return schema;
}

function readSchema(folder: string): ResourceSchema {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
  const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const nested = new Map<string, Shape>();
  let root: Shape = {};
  for (const [, name = '', meta, body = ''] of text.matchAll(
    /^export interface (\w+)( extends cdktf\.TerraformMetaArguments)? \{\n([\s\S]*?)^\}/gm,
  )) {
    const shape = Object.fromEntries(
      [...body.matchAll(/^ {4}readonly (\w+)(\?)?: ([^\n]*?);?$/gm)].map(([, argument = '', optional, type = '']) => [
        argument,
        { type, required: optional === undefined },
      ]),
    );
    if (meta === undefined) nested.set(name, shape);
    else root = shape;
  }
  const attributes = new Set([...text.matchAll(/^ {4}get (\w+)\(\)/gm)].map(([, name = '']) => name));
  return { root, nested, attributes };
}

export function camelCase(snake: string): string {
  return snake.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
