/**
 * Random workflows, valid by construction: a sequence of pieces (steps, diamonds, forks, loops, waits, calls), each hung onto the open ends
 * of the ones before. `refs` are the steps whose outcome is certain to be the same in every schedule, so that what is computed from them
 * can be foretold.
 */
import type { Definition, DefinitionEdge, DefinitionNode } from '@automateos/shared/model/definition';
import type { Random } from './random.ts';
import type { Answering, SimWorkflow } from './scenario.ts';

type End = { readonly node: string; readonly port?: string };
type Region = { readonly ends: readonly End[]; readonly refs: readonly string[] };
type Place = { readonly parent: string | null; readonly inEach: boolean; readonly depth: number };

export type DrawOptions = {
  readonly random: Random;
  readonly name: string;
  /** Nodes, roughly. */
  readonly size: number;
  /** Names of workflows that may be called. */
  readonly callable: readonly string[];
  readonly errorWorkflow?: string | undefined;
};

type Draft = {
  readonly random: Random;
  readonly nodes: DefinitionNode[];
  readonly edges: DefinitionEdge[];
  readonly answers: Record<string, Answering>;
  readonly callable: readonly string[];
  left: number;
  responds: boolean;
};

type Params = DefinitionNode['params'];

/** More than all stalls and slow answers of a schedule together: what times out is meant to. */
const timeoutMs = 3_600_000;

export function drawWorkflow(options: DrawOptions): SimWorkflow {
  const { random } = options;
  const draft: Draft = {
    random,
    nodes: [{ id: 'go', type: 'trigger.manual', params: {} }],
    edges: [],
    answers: {},
    callable: options.callable,
    left: options.size,
    responds: false,
  };
  const start: Region = { ends: [{ node: 'go' }], refs: [] };
  sequence(draft, start, { parent: null, inEach: false, depth: 0 }, random.int(1, 4));
  if (random.chance(0.2)) crossEdge(draft);
  const settings: Definition['settings'] = {};
  if (random.chance(0.06)) settings.timeoutMs = random.int(1_000, 400_000);
  if (random.chance(0.12)) settings.maxConcurrent = random.int(1, 2);
  if (options.errorWorkflow !== undefined) settings.errorWorkflow = options.errorWorkflow;
  return { definition: { name: options.name, nodes: draft.nodes, edges: draft.edges, settings }, answers: draft.answers };
}

function sequence(draft: Draft, from: Region, place: Place, pieces: number): Region {
  let region = from;
  for (let piece = 0; piece < pieces && draft.left > 0 && region.ends.length > 0; piece += 1)
    region = drawPiece(draft, region, place);
  return region;
}

type Piece = (draft: Draft, from: Region, place: Place) => Region;

const pieces: readonly (readonly [weight: number, piece: Piece])[] = [
  [8, effect],
  [4, pure],
  [3, diamond],
  [1.5, multiway],
  [3.5, fork],
  [1, filter],
  [2.5, forEach],
  [1.2, whileLoop],
  [2, wait],
  [1, callback],
  [0.7, approval],
  [1, call],
  [0.3, respond],
  [0.2, fail],
];
const totalWeight = pieces.reduce((sum, [weight]) => sum + weight, 0);

function drawPiece(draft: Draft, from: Region, place: Place): Region {
  let at = draft.random.next() * totalWeight;
  for (const [weight, piece] of pieces) {
    at -= weight;
    if (at < 0) return piece(draft, from, place);
  }
  return effect(draft, from, place);
}

function add(draft: Draft, from: Region, place: Place, type: string, params: Params, more: Partial<DefinitionNode> = {}): string {
  const id = `n${draft.nodes.length}`;
  draft.left -= 1;
  draft.nodes.push({ id, type, params, ...(place.parent === null ? {} : { parent: place.parent }), ...more });
  for (const { node, port } of from.ends) {
    draft.edges.push(port === undefined ? { from: node, to: id } : { from: node, to: id, output: port });
  }
  return id;
}

function then(from: Region, id: string, ends: readonly End[] = [{ node: id }]): Region {
  return { ends, refs: [...from.refs, id] };
}

/** A value or a template whose outcome is certain. */
function value(draft: Draft, from: Region, place: Place): Params[string] {
  const { random } = draft;
  const choices: Params[string][] = [random.int(0, 9), '{{ input.n }}', 'x{{ input.n }}y'];
  const ref = random.any(from.refs);
  if (ref !== undefined)
    choices.push(`{{ steps.${ref}.output }}`, `{{ steps.${ref}.output }}`, { a: [`{{ steps.${ref}.output }}`] });
  if (place.inEach) choices.push('{{ item }}', '{{ index }}', '{{ item }}/{{ index }}');
  return random.any(choices) ?? 0;
}

function condition(draft: Draft, place: Place): string {
  const { random } = draft;
  if (place.inEach && random.chance(0.6)) return random.pick(['{{ item > 2 }}', '{{ index < 1 }}', '{{ item == 1 }}']);
  return random.pick(['{{ input.yes }}', '{{ !input.yes }}', '{{ input.n > 4 }}', '{{ input.n < 8 }}']);
}

function effectParams(draft: Draft, from: Region, place: Place): Params {
  const { random } = draft;
  const params: Params = { value: value(draft, from, place) };
  if (random.chance(0.2)) params.fail = random.int(1, 3);
  if (random.chance(0.05)) params.final = true;
  if (params.final && random.chance(0.7)) params.mended = 2;
  if (random.chance(0.15)) params.ms = random.pick([20, 2_000, 45_000, 130_000]);
  // Each death takes leases of minutes: in a loop it would take hours.
  if (place.parent === null && random.chance(0.01)) params.poison = true;
  if (random.chance(0.08)) params.bulk = 33_000;
  return params;
}

function policies(draft: Draft, params: Params): Partial<DefinitionNode> {
  const { random } = draft;
  const more: Partial<DefinitionNode> = { timeoutMs };
  if (random.chance(0.03)) {
    delete params.poison;
    params.ms = 90_000;
    more.timeoutMs = random.pick([3_000, 80_000]);
  }
  if (params.fail !== undefined || random.chance(0.2)) {
    const maxAttempts = random.int(1, 4);
    const initialMs = random.pick([0, 500, 20_000]);
    more.retry = { maxAttempts, initialMs, factor: 2, maxMs: 60_000, jitter: random.chance(0.5), on: ['any'] };
  }
  if (random.chance(0.1)) more.delivery = 'at-most-once';
  if (random.chance(0.12)) more.onError = 'continue';
  return more;
}

function effect(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  const params = effectParams(draft, from, place);
  const more = policies(draft, params);
  if (random.chance(0.02)) more.disabled = true;
  const id = add(draft, from, place, 'sim.effect', params, more);
  const node = draft.nodes.find((one) => one.id === id);
  if (node && random.chance(0.12)) {
    node.compensate = add(draft, { ends: [], refs: [] }, place, 'sim.effect', { value: `undo ${id}` }, { timeoutMs });
  }
  const region = then(from, id);
  if (!random.chance(0.15)) return region;
  const handler = add(
    draft,
    { ends: [{ node: id, port: 'error' }], refs: [] },
    place,
    'sim.effect',
    { value: 'handled' },
    { timeoutMs },
  );
  return random.chance(0.6) ? { ...region, ends: [...region.ends, { node: handler }] } : region;
}

function pure(draft: Draft, from: Region, place: Place): Region {
  const of = value(draft, from, place);
  const type = draft.random.chance(0.6) ? 'data.set' : 'data.transform';
  return then(from, add(draft, from, place, type, type === 'data.set' ? { values: { of } } : { expression: of }));
}

function arm(draft: Draft, end: End, from: Region, place: Place): Region {
  const length = draft.random.pick([0, 1, 1, 1, 2]);
  return sequence(draft, { ends: [end], refs: from.refs }, { ...place, depth: place.depth + 1 }, length);
}

/** Arms come together in a merge, in the next piece (an implicit join), or not at all. */
function gather(draft: Draft, from: Region, place: Place, arms: readonly Region[], mayRace: boolean): Region {
  const { random } = draft;
  const ends = arms.flatMap((one) => one.ends);
  const refs = [...new Set([...from.refs, ...arms.flatMap((one) => one.refs)])];
  if (ends.length === 0) return { ends, refs };
  const how = random.next();
  if (how < 0.55) {
    const id = add(draft, { ends, refs }, place, 'flow.merge', { mode: 'all' });
    return { ends: [{ node: id }], refs: [...refs, id] };
  }
  if (mayRace && how < 0.75) {
    const id = add(draft, { ends, refs }, place, 'flow.merge', { mode: 'any' });
    return { ends: [{ node: id }], refs: from.refs };
  }
  if (how < 0.92) return { ends, refs };
  const kept = random.any(arms);
  return kept ? { ends: kept.ends, refs: kept.refs } : from;
}

function diamond(draft: Draft, from: Region, place: Place): Region {
  const id = add(draft, from, place, 'flow.if', { condition: condition(draft, place) });
  const region = then(from, id);
  const ports = draft.random.chance(0.75) ? ['true', 'false'] : ['true'];
  const arms = ports.map((port) => arm(draft, { node: id, port }, region, place));
  return gather(draft, region, place, arms, false);
}

function multiway(draft: Draft, from: Region, place: Place): Region {
  const cases = [
    { name: 'a', when: condition(draft, place) },
    { name: 'b', when: condition(draft, place) },
  ];
  const id = add(draft, from, place, 'flow.switch', { cases });
  const region = then(from, id);
  const arms = ['a', 'b', 'default'].map((port) => arm(draft, { node: id, port }, region, place));
  return gather(draft, region, place, arms, false);
}

function fork(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  const end = random.any(from.ends);
  if (!end) return from;
  const others = from.ends.filter((one) => one !== end);
  // What lies before the other ends need not lie before this one.
  const base: Region = { ends: [end], refs: others.length > 0 ? [] : from.refs };
  const wide = place.depth === 0 && random.chance(0.02);
  const count = wide ? random.int(17, 20) : random.int(2, 4);
  const arms: Region[] = [];
  for (let index = 0; index < count; index += 1) {
    arms.push(wide ? pure(draft, base, place) : drawPiece(draft, base, { ...place, depth: place.depth + 1 }));
  }
  const joined = gather(draft, base, place, arms, true);
  return {
    ends: [...joined.ends, ...others],
    refs: others.length > 0 ? [...new Set([...from.refs, ...joined.refs])] : joined.refs,
  };
}

function filter(draft: Draft, from: Region, place: Place): Region {
  return then(from, add(draft, from, place, 'flow.filter', { condition: condition(draft, place) }));
}

function body(draft: Draft, container: string, from: Region, place: Place, inEach: boolean): void {
  const { random } = draft;
  const inside: Place = { parent: container, inEach, depth: place.depth + 1 };
  const entries = random.chance(0.2) ? 2 : 1;
  draft.left = Math.max(draft.left, 1);
  for (let entry = 0; entry < entries; entry += 1) {
    const first = (random.chance(0.7) ? effect : pure)(draft, { ends: [], refs: from.refs }, inside);
    sequence(draft, first, inside, random.pick([0, 0, 1, 1, 2]));
  }
}

function forEach(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  if (place.depth > 2) return effect(draft, from, place);
  const items = random.pick<Params[string]>(['{{ input.list }}', [1, 2, 3], [3, 1], [], [5], [1, 2, 3, 4, 5, 6, 7]]);
  const onItemError = random.chance(0.45) ? 'collect' : 'fail';
  const more: Partial<DefinitionNode> = random.chance(0.2) ? { onError: 'continue' } : {};
  const id = add(draft, from, place, 'flow.for-each', { items, concurrency: random.int(1, 4), onItemError }, more);
  body(draft, id, from, place, true);
  const region = then(from, id);
  if (onItemError === 'collect' || !random.chance(0.4)) return region;
  const handler = add(
    draft,
    { ends: [{ node: id, port: 'error' }], refs: [] },
    place,
    'sim.effect',
    { value: 'loop failed' },
    { timeoutMs },
  );
  return random.chance(0.6) ? { ...region, ends: [...region.ends, { node: handler }] } : region;
}

function whileLoop(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  if (place.depth > 2) return pure(draft, from, place);
  const rounds = random.int(0, 4);
  const params: Params = { condition: `{{ index < ${rounds} }}` };
  if (random.chance(0.1)) params.maxIterations = 2;
  const id = add(draft, from, place, 'flow.while', params, random.chance(0.15) ? { onError: 'continue' } : {});
  body(draft, id, from, place, place.inEach);
  return then(from, id);
}

function wait(draft: Draft, from: Region, place: Place): Region {
  const durationMs = draft.random.pick([0, 500, 61_000, 400_000]);
  const id = add(draft, from, place, 'flow.wait', { durationMs });
  return { ends: [{ node: id }], refs: from.refs };
}

function answering(draft: Draft, id: string, mayBeNever: boolean): void {
  const { random } = draft;
  const when = random.pick<Answering['when']>(['early', 'prompt', 'prompt', 'late', mayBeNever ? 'never' : 'prompt']);
  draft.answers[id] = { when, decision: random.chance(0.6) ? 'approve' : 'reject', twice: random.chance(0.3) };
}

function callback(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  const timed = random.chance(0.5);
  const id = add(draft, from, place, 'flow.callback', timed ? { timeoutMs: random.pick([200, 30_000, 200_000]) } : {});
  answering(draft, id, timed);
  const ends: End[] = [{ node: id }];
  if (timed && random.chance(0.6)) ends.push({ node: id, port: 'timeout' });
  return { ends, refs: from.refs };
}

function approval(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  const timed = random.chance(0.5);
  const params: Params = { title: 'May it go on?' };
  if (timed) params.timeoutMs = random.pick([200, 30_000, 200_000]);
  const id = add(draft, from, place, 'flow.approval', params);
  answering(draft, id, timed);
  const ends: End[] = [{ node: id, port: 'approved' }];
  if (random.chance(0.6)) ends.push({ node: id, port: 'rejected' });
  if (timed && random.chance(0.6)) ends.push({ node: id, port: 'timeout' });
  return { ends, refs: from.refs };
}

function call(draft: Draft, from: Region, place: Place): Region {
  const { random } = draft;
  const workflow = random.any(draft.callable);
  if (workflow === undefined) return effect(draft, from, place);
  const input = { n: random.int(0, 9), of: value(draft, from, place), yes: random.chance(0.5), list: [2, 1] };
  const wait = random.chance(0.75);
  const id = add(draft, from, place, 'flow.call', { workflow, input, wait }, random.chance(0.2) ? { onError: 'continue' } : {});
  const ends: End[] = [{ node: id }];
  if (random.chance(0.3)) ends.push({ node: id, port: 'error' });
  return { ends, refs: from.refs };
}

function respond(draft: Draft, from: Region, place: Place): Region {
  if (draft.responds || place.parent !== null) return pure(draft, from, place);
  draft.responds = true;
  return then(from, add(draft, from, place, 'flow.respond', { body: value(draft, from, place) }));
}

function fail(draft: Draft, from: Region, place: Place): Region {
  add(draft, from, place, 'flow.fail', { code: 'SIM_FAIL', message: 'on purpose' });
  return { ends: [], refs: from.refs };
}

/** One more edge from an earlier to a later node of the same scope: joins and forks that no block structure has. */
function crossEdge(draft: Draft): void {
  const { random, nodes, edges } = draft;
  const undo = new Set(nodes.map((node) => node.compensate));
  const movable = nodes.filter((node) => node.type !== 'flow.merge' && node.type !== 'flow.fail' && !undo.has(node.id));
  const from = random.any(movable);
  const later = movable.slice(from ? movable.indexOf(from) + 1 : 0);
  const to = random.any(later.filter((node) => node.parent === from?.parent && edges.some((edge) => edge.to === node.id)));
  if (!from || !to || from.type === 'flow.approval' || from.type === 'flow.if' || from.type === 'flow.switch') return;
  if (edges.some((edge) => edge.from === from.id && edge.to === to.id && edge.output === undefined)) return;
  edges.push({ from: from.id, to: to.id });
}
