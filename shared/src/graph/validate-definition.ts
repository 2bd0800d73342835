/**
 * Whether a tree is a workflow that can run: finds every problem at once, each with path, code, message and, where it can be told, what
 * was probably meant. Never throws, whatever the input; a definition of 1,000 nodes takes some tens of milliseconds.
 */
import { z } from 'zod';
import { Definition, definitionLimits } from '../model/definition.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import { jsonSchemaFaults } from '../model/json-schema-shape.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import type { Problem } from '../model/problem.ts';
import { checkCompensations, checkContainers } from './check-containers.ts';
import { checkEdges } from './check-edges.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkFanOut } from './check-fan-out.ts';
import { checkCounts, checkNodes } from './check-nodes.ts';
import { checkPaths } from './check-paths.ts';
import { checkScripts } from './check-scripts.ts';
import { checkTriggers } from './check-triggers.ts';
import { buildGraph } from './definition-graph.ts';
import { jsonSchemaOf } from './json-schema-walk.ts';
import { measureJson } from './measure-json.ts';
import { createProblemList, type ProblemList, wordProblem } from './problem-list.ts';
import { formatPath } from './problem-path.ts';
import { readLoosely } from './read-loosely.ts';
import { addIssues, describeValue, parseShape } from './zod-problems.ts';

/** Levels of objects and lists; the tree's own take five, params and schemas have the rest. */
export const definitionDepth = 100;

/** A draft may have no name and no nodes yet. */
const DraftDefinition = z.strictObject({
  ...Definition.shape,
  name: z.string().max(200),
  nodes: z.array(Definition.shape.nodes.element).max(definitionLimits.nodes),
});

export type Validated = {
  /** With defaults filled in. null where there are problems; for drafts, only where the tree has not the shape of one. */
  readonly definition: Definition | null;
  readonly problems: Problem[];
};

export function validateDefinition(
  input: unknown,
  manifests: ReadonlyMap<string, NodeManifest>,
  options: { readonly draft?: boolean } = {},
): Validated {
  const measured = measureJson(input, { bytes: definitionLimits.bytes, depth: definitionDepth });
  if (!measured.ok) {
    const { code, limit, found } = measured;
    return { definition: null, problems: [wordProblem(code, '', { limit, name: found, actual: found })] };
  }
  if (!isJsonObject(input))
    return { definition: null, problems: [wordProblem('NOT_AN_OBJECT', '', { actual: describeValue(input) })] };

  const list = createProblemList();
  const tree = readLoosely(input);
  if (checkCounts({ tree, list })) return { definition: null, problems: list.all() };
  const definition = checkShape(input, options.draft === true ? DraftDefinition : Definition, list);
  const context = { tree, graph: buildGraph(tree), manifests, list, ports: new Map() };
  checkNodes(context);
  checkEdges(context);
  checkContainers(context);
  checkCompensations(context);
  checkPaths(context);
  checkFanOut(context);
  checkTriggers(context);
  checkExpressions(context);
  checkScripts(context);
  checkInputs(input, list);

  const problems = list.all();
  return { definition: options.draft === true || problems.length === 0 ? definition : null, problems };
}

function checkShape(input: JsonObject, schema: typeof Definition | typeof DraftDefinition, list: ProblemList): Definition | null {
  const parsed = parseShape<Definition>(schema, input);
  if ('data' in parsed) return parsed.data;
  addIssues(parsed.issues, { list, value: input, prefix: [], jsonSchema: jsonSchemaOf(Definition) });
  return null;
}

function checkInputs({ inputs }: JsonObject, list: ProblemList): void {
  if (!isJsonObject(inputs)) return; // absent, or of another shape, which is a problem already
  for (const { path, reason } of jsonSchemaFaults(inputs))
    list.add('INVALID_JSON_SCHEMA', formatPath(['inputs', ...path]), { reason: `${reason}.` });
}
