/**
 * How large a document may be, measured before it is validated: depth, fields, root fields, aliases, directives. A fragment is measured once,
 * however often it is spread, so that a document which would unfold into millions of fields is refused in the time it takes to read it;
 * spreads in a circle count as nothing here and are refused by validation.
 */
import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';

export const queryLimits = {
  /** Characters of a document. */
  characters: 100_000,
  tokens: 5_000,
  depth: 15,
  /** With fragments unfolded. */
  fields: 2_000,
  rootFields: 20,
  aliases: 100,
  directives: 50,
} as const;

type Measure = { readonly depth: number; readonly fields: number };

export function refusal(message: string, code = 'QUERY_TOO_LARGE'): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } });
}

/** Throws GraphQLError QUERY_TOO_LARGE, which says what is too much. */
export function checkShape(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const counted = { aliases: 0, directives: 0 };
  const measured = new Map<string, Measure>();

  function measureFragment(name: string): Measure {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, { depth: 0, fields: 0 });
    const fragment = fragments.get(name);
    if (fragment === undefined) return { depth: 0, fields: 0 };
    counted.directives += fragment.directives?.length ?? 0;
    const made = measure(fragment.selectionSet);
    measured.set(name, made);
    return made;
  }

  function measure(set: SelectionSetNode): Measure {
    let depth = 0;
    let fields = 0;
    for (const selection of set.selections) {
      counted.directives += selection.directives?.length ?? 0;
      if (selection.kind !== Kind.FIELD) {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT ? measure(selection.selectionSet) : measureFragment(selection.name.value);
        depth = Math.max(depth, inner.depth);
        fields += inner.fields;
        continue;
      }
      if (selection.alias !== undefined) counted.aliases += 1;
      const below = selection.selectionSet === undefined ? { depth: 0, fields: 0 } : measure(selection.selectionSet);
      // what asks for the schema has limits of its own in graphql-js
      depth = Math.max(depth, selection.name.value.startsWith('__') ? 1 : below.depth + 1);
      fields += below.fields + 1;
    }
    return { depth, fields };
  }

  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    counted.directives += node.directives?.length ?? 0;
    const { depth, fields } = measure(node.selectionSet);
    requireAtMost('depth', depth);
    requireAtMost('fields', fields);
    requireAtMost('rootFields', countRoot(node.selectionSet, fragments));
  }
  for (const name of fragments.keys()) measureFragment(name);
  requireAtMost('aliases', counted.aliases);
  requireAtMost('directives', counted.directives);
}

const names = {
  depth: 'levels deep',
  fields: 'fields',
  rootFields: 'fields at its root',
  aliases: 'aliases',
  directives: 'directives',
} as const;

function requireAtMost(what: keyof typeof names, count: number): void {
  const most = queryLimits[what];
  if (count <= most) return;
  throw refusal(what === 'depth' ? `A query is at most ${most} ${names[what]}.` : `A query has at most ${most} ${names[what]}.`);
}

/** Stops counting beyond the limit, and follows each fragment once on its way down: circles end. */
function countRoot(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  const seen = new Set<string>();
  const count = (inner: SelectionSetNode): number =>
    inner.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || seen.has(selection.name.value)) return sum;
      seen.add(selection.name.value);
      return sum + count(fragment.selectionSet);
    }, 0);
  return count(set);
}
