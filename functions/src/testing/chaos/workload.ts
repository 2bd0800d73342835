/**
 * What runs while everything is struck: workflows that the simulator draws (chains, forks and joins, loops, waits, callbacks, approvals,
 * calls, retries, compensations), their effects asked of the outside by HTTP, their long times made short. What each must come to is
 * told by the simulator's reference, so nothing here is random twice: a seed gives the same workflows and inputs.
 */
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import type { JsonObject } from '@automateos/shared/model/json';
import { drawWorkflow } from '../../simulator/draw-definition.ts';
import { createRandom, type Random } from '../../simulator/random.ts';
import type { Answering, SimWorkflow } from '../../simulator/scenario.ts';

export type ChaosWorkflow = {
  readonly definition: Definition;
  /** How its waiting steps are answered, by node. */
  readonly answers: Readonly<Record<string, Answering>>;
  /** Started by others of these only, never by a webhook. */
  readonly called: boolean;
};

export type ChaosStart = { readonly workflow: string; readonly key: string; readonly body: JsonObject };

export type WorkloadOptions = { readonly seed: string; readonly origin: string; readonly workflows: number };

/** Its one effect kills every worker: it ends as a dead letter. */
const poisonous = 'chaos-poison';

const calledNames = ['chaos-called-0', 'chaos-called-1', 'chaos-called-2'];
const shapes = ['flow.for-each', 'flow.wait', 'flow.call', 'flow.callback', 'flow.approval', 'flow.while'];
const mostNodes = 24;

/** In the order in which they must be created: called ones first. Every shape is among them. */
export function drawWorkload({ seed, origin, workflows }: WorkloadOptions): readonly ChaosWorkflow[] {
  const random = createRandom(`chaos ${seed}`);
  const make = (drawn: SimWorkflow, called: boolean): ChaosWorkflow => ({
    definition: deployable(drawn.definition, { origin, called, random }),
    answers: drawn.answers,
    called,
  });
  const called = calledNames.map((name, index) =>
    make(drawWorkflow({ random, name, size: random.int(1, 3), callable: calledNames.slice(0, index) }), true),
  );
  const mains: ChaosWorkflow[] = fixedShapes().map((definition) => make({ definition, answers: {} }, false));
  while (mains.length < workflows) {
    const missing = shapes.filter((type) => !mains.some(({ definition }) => has(definition, type)));
    const drawn = drawUntil(random, mains.length, missing[0]);
    mains.push(make(drawn, false));
  }
  return [...called, ...mains, make({ definition: poison(), answers: {} }, false)];
}

const poison = (): Definition => ({
  ...{ name: poisonous, settings: {}, edges: [{ from: 'go', to: 'poison' }] },
  nodes: [start, effect('poison', { params: { value: 1, poison: true } })],
});

const has = (definition: Definition, type: string): boolean => definition.nodes.some((node) => node.type === type);

function drawUntil(random: Random, index: number, wanted: string | undefined): SimWorkflow {
  for (;;) {
    const drawn = drawWorkflow({ random, name: `chaos-${index}`, size: random.int(2, 9), callable: calledNames });
    const { nodes } = drawn.definition;
    if (nodes.length > mostNodes || !nodes.some(({ type }) => type === 'sim.effect')) continue;
    if (wanted === undefined || has(drawn.definition, wanted)) return drawn;
  }
}

const effect = (id: string, more: Partial<DefinitionNode> = {}): DefinitionNode => ({
  ...{ id, type: 'sim.effect', params: { value: '{{ input.n }}' } },
  ...more,
});
const pure = (id: string): DefinitionNode => ({ id, type: 'data.set', params: { values: { of: '{{ input.n }}' } } });
const start: DefinitionNode = { id: 'go', type: 'trigger.manual', params: {} };

/** Shapes whose size matters: a chain, a chain whose journal rolls over, a fork whose join is a tree, and many items. */
function fixedShapes(): readonly Definition[] {
  const links = Array.from({ length: 12 }, (_, at) => `c${at}`);
  const long = Array.from({ length: 64 }, (_, at) => (at % 8 === 7 ? `c${at}` : `p${at}`));
  const ways = Array.from({ length: 20 }, (_, at) => `w${at}`);
  const one = (name: string, nodes: DefinitionNode[], edges: [string, string][]): Definition => ({
    ...{ name, nodes: [start, ...nodes], settings: {} },
    edges: edges.map(([from, to]) => ({ from, to })),
  });
  return [
    one(
      'chaos-chain',
      links.map((id) => effect(id)),
      links.map((id, at): [string, string] => [links[at - 1] ?? 'go', id]),
    ),
    one(
      'chaos-long',
      long.map((id) => (id.startsWith('c') ? effect(id) : pure(id))),
      long.map((id, at): [string, string] => [long[at - 1] ?? 'go', id]),
    ),
    one(
      'chaos-fork',
      [...ways.map((id) => effect(id)), { id: 'meet', type: 'flow.merge', params: { mode: 'all' } }, effect('last')],
      [
        ...ways.flatMap((id): [string, string][] => [
          ['go', id],
          [id, 'meet'],
        ]),
        ['meet', 'last'],
      ],
    ),
    one(
      'chaos-items',
      [
        { id: 'each', type: 'flow.for-each', params: { items: Array.from({ length: 60 }, (_, n) => n), concurrency: 4 } },
        effect('item', { parent: 'each', params: { value: '{{ item }}' } }),
        effect('last'),
      ],
      [
        ['go', 'each'],
        ['each', 'last'],
      ],
    ),
  ];
}

type Deploying = { readonly origin: string; readonly called: boolean; readonly random: Random };

function deployable(definition: Definition, options: Deploying): Definition {
  const { maxConcurrent } = definition.settings;
  const settings = maxConcurrent === undefined ? {} : { maxConcurrent: maxConcurrent + 9 };
  return { ...definition, settings, nodes: definition.nodes.map((node) => deployableNode(node, options)) };
}

function deployableNode(node: DefinitionNode, options: Deploying): DefinitionNode {
  switch (node.type) {
    case 'trigger.manual':
      return options.called ? node : { ...node, type: 'trigger.webhook' };
    case 'sim.effect':
      return requestOf(node, options);
    case 'flow.wait':
      return { ...node, params: { durationMs: shorter(node.params.durationMs) } };
    case 'flow.callback':
    case 'flow.approval':
      if (node.params.timeoutMs === undefined) return node;
      return { ...node, params: { ...node.params, timeoutMs: shorter(node.params.timeoutMs) } };
    default:
      return node;
  }
}

const shorter = (ms: unknown): number => Math.min(Number(ms), 500 + Math.floor(Math.sqrt(Number(ms)) * 10));

/** Short, because a lease lasts as long as its step may take: a killed worker's branch is free again soon. */
const timeoutMs = 8_000;
/** Long enough that a kill meets many steps under way. */
const longestMs = 400;

function requestOf(node: DefinitionNode, { origin, random }: Deploying): DefinitionNode {
  const { value, fail, final, bulk, poison: kills } = node.params;
  const most = node.delivery === 'at-most-once' ? 1 : (node.retry?.maxAttempts ?? 1);
  const retry = {
    maxAttempts: most,
    initialMs: Math.min(node.retry?.initialMs ?? 0, 300),
    factor: 2,
    maxMs: 2_000,
    jitter: true,
  };
  const body = {
    ...{ execution: '{{ execution.id }}', node: node.id, value: value ?? null, ms: random.int(0, longestMs) },
    ...(fail === undefined ? {} : { fail, always: Number(fail) >= most }),
    ...(final === undefined ? {} : { final }),
    ...(bulk === undefined ? {} : { bulk }),
    ...(kills === undefined || node.id !== 'poison' ? {} : { poison: true }),
  };
  return {
    ...{ ...node, type: 'http.request', timeoutMs, retry: { ...retry, on: ['any'] } },
    params: { method: 'POST', url: `${origin}/effects`, body },
  };
}

/** So many starts, spread over the workflows that a webhook starts; the first few of the poisonous one. */
export function drawStarts(
  workload: readonly ChaosWorkflow[],
  { seed, count, poisons }: { readonly seed: string; readonly count: number; readonly poisons: number },
): readonly ChaosStart[] {
  const random = createRandom(`starts ${seed}`);
  const names = workload
    .filter(({ called, definition }) => !called && definition.name !== poisonous)
    .map(({ definition }) => definition.name);
  return Array.from({ length: count }, (_, index) => ({
    workflow: index < poisons ? poisonous : (names[index % names.length] ?? ''),
    key: `chaos-${seed}-${index}`,
    body: {
      ...{ start: index, n: random.int(0, 9), yes: random.chance(0.5) },
      list: Array.from({ length: random.int(0, 6) }, (_item, at) => at),
    },
  }));
}
