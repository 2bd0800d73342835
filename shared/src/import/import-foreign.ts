/**
 * A workflow of another system, told by its shape, as a definition of ours with a report. Pure: nothing is fetched, stored or run, ids and
 * secrets of the other system mean nothing here. The tree comes from a door that has bounded its size and depth.
 */
import { validateDefinition } from '../graph/validate-definition.ts';
import { definitionLimits } from '../model/definition.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import type { Problem } from '../model/problem.ts';
import { importAsl } from './asl/import-asl.ts';
import { createFlowBuilder, type FlowBuilder } from './flow-builder.ts';
import { importGoogle } from './google/import-google.ts';
import type { ImportReport, ImportSource } from './import-report.ts';
import { importN8n } from './n8n/import-n8n.ts';
import { repairDefinition } from './repair-definition.ts';
import { Unmappable } from './rewrite-expression.ts';

export type ImportedFlow =
  | { readonly ok: true; readonly definition: JsonObject; readonly problems: readonly Problem[]; readonly report: ImportReport }
  | { readonly ok: false; readonly reason: string };

export type ImportRequest = {
  readonly tree: JsonValue;
  readonly from: ImportSource;
  readonly manifests: ReadonlyMap<string, NodeManifest>;
  /** Instead of the name that the file gives. */
  readonly name?: string | undefined;
};

/** Steps of the other system, helpers not counted. Each may need a helper or two. */
const mostSteps = 1_000;

type Importer = (tree: JsonObject, build: FlowBuilder) => JsonObject;

const importers: Readonly<Record<Exclude<ImportSource, 'automateos'>, Importer>> = {
  n8n: importN8n,
  asl: importAsl,
  'google-workflows': importGoogle,
};

/** null where it looks like none that we know. */
export function detectSource(tree: JsonValue): ImportSource | null {
  if (!isJsonObject(tree)) return null;
  if (typeof tree.StartAt === 'string' && isJsonObject(tree.States)) return 'asl';
  if (Array.isArray(tree.nodes) && isJsonObject(tree.connections)) return 'n8n';
  if (Array.isArray(tree.nodes)) return 'automateos';
  const main = tree.main;
  if (isJsonObject(main) && Array.isArray(main.steps)) return 'google-workflows';
  return null;
}

export function importForeign({ tree, from, manifests, name }: ImportRequest): ImportedFlow {
  if (Array.isArray(tree)) return { ok: false, reason: listFault };
  if (!isJsonObject(tree)) return { ok: false, reason: 'The file is no object.' };
  if (from === 'automateos') return importOwn(tree, manifests);
  const unfit = shapeFault(from, tree) ?? sizeFault(tree);
  if (unfit !== null) return { ok: false, reason: unfit };
  const build = createFlowBuilder(from);
  try {
    const { name: given, ...frame } = importers[from](tree, build);
    const definition = { name: nameOf(name ?? given), ...frame };
    return { ok: true, ...repairDefinition(build, definition, manifests), report: build.finish() };
  } catch (error) {
    if (error instanceof Unmappable) return { ok: false, reason: `${error.message.replace(/\.$/, '')}.` };
    throw error;
  }
}

function importOwn(tree: JsonObject, manifests: ImportRequest['manifests']): ImportedFlow {
  const build = createFlowBuilder('automateos');
  const { problems } = validateDefinition(tree, manifests);
  for (const node of Array.isArray(tree.nodes) ? tree.nodes.filter(isJsonObject) : []) {
    const id = String(node.id).slice(0, 64);
    build.report(id, id, 'mapped');
    if (typeof node.credential === 'string') build.credential(node.credential.slice(0, 200), String(node.type).slice(0, 128), id);
  }
  return { ok: true, definition: tree, problems, report: build.finish() };
}

export const listFault =
  'It is a list, and one workflow is imported at a time: send each by itself, or have `automateos import` do so with the file.';

/** Why a file cannot be of the system that it is said to be of; null where it can. */
function shapeFault(from: ImportSource, { States, StartAt, main, nodes, connections }: JsonObject): string | null {
  switch (from) {
    case 'n8n':
      if (!Array.isArray(nodes)) return 'A workflow of n8n has a list of nodes, which is missing.';
      return isJsonObject(connections) ? null : 'A workflow of n8n has an object of connections, which is missing.';
    case 'asl':
      if (!isJsonObject(States)) return 'A state machine has an object of States, which is missing.';
      return typeof StartAt === 'string' ? null : 'A state machine says where it begins, in StartAt, which is missing.';
    case 'google-workflows':
      return isJsonObject(main) && Array.isArray(main.steps) ? null : 'A workflow has a list of steps in main, which is missing.';
    case 'automateos':
      return null; // the validation says what is missing
  }
}

/** Steps at any depth, by what each system calls them, and what there is to be parsed. */
function sizeFault(tree: JsonValue): string | null {
  let steps = 0;
  let ways = 0;
  let characters = 0;
  const queue: JsonValue[] = [tree];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value === 'string') {
      if (expressionMark.test(value)) characters += value.length;
    } else if (Array.isArray(value)) for (const one of value) queue.push(one);
    else if (isJsonObject(value)) {
      if (typeof value.node === 'string') ways += 1;
      for (const [key, one] of Object.entries(value)) {
        if (key === 'States' && isJsonObject(one)) steps += Object.keys(one).length;
        if ((key === 'nodes' || key === 'steps') && Array.isArray(one)) steps += one.length;
        queue.push(one);
      }
    }
  }
  const { edges, expressionCharacters } = definitionLimits;
  if (steps > mostSteps) return `The workflow has more than ${mostSteps} steps.`;
  if (ways > edges) return `The workflow has more than ${edges} connections.`;
  if (characters > expressionCharacters) {
    return `The texts with expressions have more than ${expressionCharacters} characters together.`;
  }
  return null;
}

/** What expressions of the three systems begin with. */
const expressionMark = /\{\{|\$\{|\{%|^\s*(?:\$|States\.)/;

/** As WorkflowName wants it. */
function nameOf(given: JsonValue | undefined): string {
  const text = typeof given === 'string' ? given : '';
  const plain = text.replace(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim();
  return plain === '' ? 'Imported workflow' : [...plain].slice(0, 150).join('').trim();
}
