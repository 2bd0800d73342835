/** Which nodes, and which ports with an edge, all tests of a workflow together have reached. What is switched off does not count. */
import type { Definition } from '@automateos/shared/model/definition';
import type { TestCoverage } from '@automateos/shared/model/workflow-test';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { RanTest } from './run-workflow-test.ts';

export function testCoverage(definition: Definition, nodeTypes: NodeTypes, reached: RanTest['reached']): TestCoverage {
  const on = switchedOn(definition.nodes);
  const ids = new Set(on.map(({ id }) => id));
  const defaults = new Map(on.map((node) => [node.id, defaultPort(node, nodeTypes)]));
  const edges = definition.edges.filter(({ from }) => ids.has(from));
  const ports = edges.map(({ from, output }) => `${from}.${output ?? defaults.get(from) ?? 'main'}`);
  const nodes = new Set(reached.map(({ nodeId }) => nodeId));
  const left = new Set(reached.map(({ nodeId, port }) => `${nodeId}.${port ?? ''}`));
  return { nodes: covered([...ids], nodes), ports: covered([...new Set(ports)], left) };
}

/** Nor is what stands in something that is switched off. */
function switchedOn(nodes: Definition['nodes']): Definition['nodes'] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isOff = (node: Definition['nodes'][number] | undefined): boolean =>
    node !== undefined && (node.disabled === true || (node.parent !== undefined && isOff(byId.get(node.parent))));
  return nodes.filter((node) => !isOff(node));
}

function defaultPort(node: Definition['nodes'][number], nodeTypes: NodeTypes): string {
  const ports = nodeTypes.get(node.type)?.manifest.ports ?? [];
  const names = typeof ports === 'function' ? ports(node.params as Parameters<typeof ports>[0]) : ports; // z.json() infers mutable arrays
  return names[0] ?? 'main';
}

function covered(all: readonly string[], reached: ReadonlySet<string>): TestCoverage['nodes'] {
  const missed = all.filter((one) => !reached.has(one));
  return { total: all.length, reached: all.length - missed.length, missed };
}
