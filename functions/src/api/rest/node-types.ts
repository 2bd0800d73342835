/** The node types of this installation: data for forms, palettes and editors. */
import { portsOf } from '@automateos/shared/graph/ports';
import { AppError } from '@automateos/shared/model/app-error';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Node types';

const NodeTypeView = z
  .object({
    ...{ type: z.string(), version: z.int(), title: z.string(), description: z.string(), icon: z.string(), kind: z.string() },
    params: z.record(z.string(), z.unknown()).describe('JSON Schema'),
    output: z.record(z.string(), z.unknown()).nullable().describe('JSON Schema; null where it can be anything'),
    ports: z.array(z.string()).describe('First = default; of the sample where the params decide'),
    dynamicPorts: z.boolean().describe('The params decide which ports there are'),
    effect: z.enum(['pure', 'effect', 'control']),
    pool: z.string(),
    container: z.boolean(),
    lazyParams: z.array(z.string()),
    rawParams: z.array(z.string()),
    retry: z.record(z.string(), z.unknown()).nullable(),
    defaultTimeoutMs: z.int().nullable(),
    credentialKinds: z.array(z.string()),
    sample: z.object({ params: z.record(z.string(), z.unknown()), output: z.unknown().optional() }).nullable(),
  })
  .meta({ id: 'NodeType' });
type NodeTypeView = z.infer<typeof NodeTypeView>;

export function nodeTypeRoutes({ app }: RestContext): readonly Route[] {
  const all = () => presentNodeTypes(app.nodeTypes);
  return [
    route({
      ...{ method: 'get', path: '/v1/node-types', tag, access: 'signed-in', summary: 'List node types' },
      answers: { 200: { description: 'All of them, by type', schema: z.object({ items: z.array(NodeTypeView) }) } },
      handle: async () => ({ status: 200, body: { items: all() } }),
    }),
    route({
      ...{ method: 'get', path: '/v1/node-types/{type}', tag, access: 'signed-in', summary: 'Read a node type' },
      params: z.object({ type: z.string() }),
      answers: { 200: { description: 'The node type', schema: NodeTypeView } },
      handle: async ({ params }) => {
        const found = all().find(({ type }) => type === params.type);
        if (found === undefined) throw new AppError('NOT_FOUND', { what: 'node type', id: params.type.slice(0, 128) });
        return { status: 200, body: found };
      },
    }),
  ];
}

const presented = new WeakMap<NodeTypes, readonly NodeTypeView[]>();

/** By type. They never change while the process lives: made once. */
export function presentNodeTypes(nodeTypes: NodeTypes): readonly NodeTypeView[] {
  const known = presented.get(nodeTypes);
  if (known !== undefined) return known;
  const manifests = [...nodeTypes.values()].map(({ manifest }) => manifest);
  const views = manifests.map(present).sort((a, b) => (a.type < b.type ? -1 : 1));
  presented.set(nodeTypes, views);
  return views;
}

function present(manifest: NodeManifest): NodeTypeView {
  const { type, version, title, description, icon, kind, effect, pool, sample, retry } = manifest;
  return {
    ...{ type, version, title, description, icon, kind },
    params: jsonSchema(manifest.params, 'input'),
    output: manifest.output === undefined ? null : jsonSchema(manifest.output, 'output'),
    ports: [...portsOf({ params: sample?.params ?? {} }, manifest)],
    dynamicPorts: typeof manifest.ports === 'function',
    ...{ effect, pool, container: manifest.container === true },
    lazyParams: [...(manifest.lazyParams ?? [])],
    rawParams: [...(manifest.rawParams ?? [])],
    retry: retry === undefined ? null : { ...retry },
    defaultTimeoutMs: manifest.defaultTimeoutMs ?? null,
    credentialKinds: [...(manifest.credentialKinds ?? [])],
    sample: sample === undefined ? null : { ...sample, params: { ...sample.params } },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
}
