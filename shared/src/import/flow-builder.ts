/**
 * A definition in the making, with the report of how each step of the foreign workflow came into it. Ids are made of the foreign names; a
 * placeholder is a switched-off node that keeps what it stands for in its notes.
 */
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ImportedNode, ImportReport, ImportSource, ImportStatus } from './import-report.ts';
import { stepOutput, template } from './js-text.ts';
import { Unmappable } from './rewrite-expression.ts';

export type NewNode = {
  readonly name: string;
  readonly type: string;
  readonly params?: JsonObject | undefined;
  readonly parent?: string | undefined;
  readonly credential?: string | undefined;
  readonly retry?: JsonObject | undefined;
  readonly timeoutMs?: number | undefined;
  readonly onError?: 'continue' | undefined;
  readonly position?: { readonly x: number; readonly y: number } | undefined;
  readonly notes?: string | undefined;
  /** The foreign system has it switched off. */
  readonly disabled?: boolean | undefined;
  /** Helpers have no step of the foreign workflow to their name. */
  readonly helper?: boolean;
};

type Draft = Omit<NewNode, 'name' | 'helper'> & { readonly id: string; readonly label: string };

export type FlowBuilder = ReturnType<typeof createFlowBuilder>;

const mostWarnings = 200;
const noteLimit = 4_000;

/** Variables that are carried over ways and states that are looked at for each, counted every time. */
const mostWork = 1_000_000;

export function createFlowBuilder(source: ImportSource) {
  const nodes = new Map<string, Draft>();
  const edges = new Map<string, JsonObject>();
  const items = new Map<string, ImportedNode>();
  const credentials = new Map<string, { readonly name: string; readonly kind: string; readonly usedBy: Set<string> }>();
  const failed: ImportReport['expressions']['unmapped'] = [];
  const warnings = new Set<string>();
  let expressions = 0;
  let mapped = 0;
  let work = 0;

  function idFor(name: string): string {
    const plain = name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^[_0-9]+|_+$/g, '')
      .slice(0, 48);
    const base = plain === '' ? 'step' : plain;
    for (let n = 1; ; n += 1) {
      const id = n === 1 ? base : `${base}_${n}`;
      if (!nodes.has(id)) return id;
    }
  }

  function add({ name, helper = false, ...node }: NewNode): string {
    const id = idFor(name);
    nodes.set(id, { id, label: name.slice(0, 200), ...node });
    if (!helper) report(name, id, 'mapped');
    return id;
  }

  /** The worst that is told of a step stays; reasons add up. */
  function report(sourceName: string, nodeId: string | null, status: ImportStatus, reason?: string): void {
    const key = nodeId ?? `:${sourceName}`;
    const before = items.get(key);
    const worst = before === undefined || rank[status] > rank[before.status] ? status : before.status;
    const reasons = [before?.reason, reason].filter((one) => one !== undefined);
    const told = reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join(' ').slice(0, 2_000) };
    items.set(key, { sourceName, nodeId, status: worst, ...told });
    if (nodeId !== null && reason !== undefined) note(nodeId, reason);
  }

  function note(id: string, text: string): void {
    const node = nodes.get(id);
    if (node === undefined || node.notes?.includes(text) === true) return;
    nodes.set(id, { ...node, notes: (node.notes === undefined ? text : `${node.notes}\n${text}`).slice(0, noteLimit) });
  }

  function switchOff(id: string): void {
    const node = nodes.get(id);
    if (node !== undefined) nodes.set(id, { ...node, disabled: true });
  }

  return {
    add,
    note,
    report,
    switchOff,
    ids: (): Iterable<string> => nodes.keys(),
    has: (id: string): boolean => nodes.has(id),
    count: (): number => nodes.size,

    /** Files that branch a lot while they know a lot cost far more than they are large. Throws Unmappable. */
    spend(amount: number): void {
      work += amount;
      if (work > mostWork) throw new Unmappable('The workflow has too many ways for as much as it knows on each');
    },

    placeholder(name: string, reason: string, original: JsonValue, more: Pick<NewNode, 'parent' | 'position'> = {}): string {
      const id = add({ name, type: 'data.set', params: { values: {} }, ...more, disabled: true });
      report(name, id, 'unmapped', reason);
      note(id, `It was:\n${JSON.stringify(original, null, 2).slice(0, 3_000)}`);
      return id;
    },

    /** A helper that holds a value at this place of the flow. */
    holder(name: string, expression: string, parent?: string): { readonly id: string; readonly text: string } {
      const id = add({ name, type: 'data.transform', params: { expression: template(expression) }, parent, helper: true });
      return { id, text: stepOutput(id) };
    },

    edge(from: string, to: string, output?: string): void {
      edges.set(JSON.stringify([from, output ?? '', to]), { from, to, ...(output === undefined ? {} : { output }) });
    },

    setParams(id: string, params: JsonObject): void {
      const node = nodes.get(id);
      if (node !== undefined) nodes.set(id, { ...node, params });
    },

    setRetry(id: string, retry: JsonObject): void {
      const node = nodes.get(id);
      if (node !== undefined) nodes.set(id, { ...node, retry });
    },

    /** The first that it needs: a node of ours has one. */
    setCredential(id: string, credential: string): void {
      const node = nodes.get(id);
      if (node !== undefined && node.credential === undefined) nodes.set(id, { ...node, credential });
    },

    /** The body of a loop so far. */
    nodesIn: (parent: string): readonly Draft[] => [...nodes.values()].filter((node) => node.parent === parent),

    /** Those of a body that nothing follows. */
    sinksOf(parent: string): readonly Draft[] {
      const followed = new Set([...edges.values()].map(({ from }) => from));
      return [...nodes.values()].filter((node) => node.parent === parent && !followed.has(node.id));
    },

    /** Takes back what `work` has added where it throws. */
    attempt<T>(work: () => T): T {
      const kept = [nodes, edges, items].map((map): [Map<string, unknown>, number] => [map, map.size]);
      try {
        return work();
      } catch (error) {
        for (const [map, size] of kept) for (const key of [...map.keys()].slice(size)) map.delete(key);
        throw error;
      }
    },

    dropEdge({ from, to, output }: JsonObject): void {
      edges.delete(JSON.stringify([from, output ?? '', to]));
    },

    /** Counts an expression; one without a like is told with its node, which is switched off. */
    expression(node: string, text: string, reason: string | null): void {
      expressions += 1;
      if (reason === null) mapped += 1;
      else if (failed.length < mostWarnings) failed.push({ node: node.slice(0, 200), expression: text.slice(0, 500), reason });
    },

    credential(name: string, kind: string, usedBy: string): void {
      const known = credentials.get(name) ?? { name, kind, usedBy: new Set<string>() };
      known.usedBy.add(usedBy);
      credentials.set(name, known);
    },

    warn(text: string): void {
      if (warnings.size < mostWarnings) warnings.add(text.slice(0, 1_000));
    },

    tree: () => ({ nodes: [...nodes.values()].map(plain) as unknown as readonly JsonObject[], edges: [...edges.values()] }), // undefined fields are dropped as JSON is made

    finish(): ImportReport {
      const all = [...items.values()];
      const count = (status: ImportStatus): number => all.filter((item) => item.status === status).length;
      return {
        source,
        nodes: { total: all.length, mapped: count('mapped'), partly: count('partly'), unmapped: count('unmapped') },
        items: all,
        expressions: { total: expressions, mapped, unmapped: failed },
        credentials: [...credentials.values()].map(({ usedBy, ...rest }) => ({ ...rest, usedBy: [...usedBy] })),
        warnings: [...warnings],
      };
    },
  };
}

const plain = ({ label, ...node }: Draft): object => (label === node.id ? node : { ...node, label });

const rank: Readonly<Record<ImportStatus, number>> = { mapped: 0, partly: 1, unmapped: 2 };
