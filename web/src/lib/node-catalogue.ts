/**
 * What the console knows of node types: the server's manifests and nothing else, so that a node type somebody adds looks like one that
 * ships. An unknown type (an older definition, a plugin that is gone) is drawn with its type as title.
 */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type GraphNode, type NodeType, NodeTypeList } from './api/workflow.ts';
import { useApi } from './console-context.tsx';

export type StepKind = 'trigger' | 'http' | 'flow' | 'data' | 'ai' | 'people';

export type NodeCatalogue = {
  readonly find: (type: string) => NodeType | undefined;
  readonly titleOf: (node: GraphNode) => string;
  readonly typeTitleOf: (node: GraphNode) => string;
  readonly kindOf: (node: GraphNode) => StepKind;
  readonly iconOf: (node: GraphNode) => string;
  /** Its time is spent waiting, not working. */
  readonly isWait: (node: GraphNode) => boolean;
};

const kinds: Readonly<Record<string, StepKind>> = {
  trigger: 'trigger',
  integration: 'http',
  flow: 'flow',
  data: 'data',
  script: 'data',
  human: 'people',
  ai: 'ai',
};

export function createNodeCatalogue(types: readonly NodeType[]): NodeCatalogue {
  const byType = new Map(types.map((type) => [type.type, type]));
  return {
    find: (type) => byType.get(type),
    titleOf: nodeTitle,
    typeTitleOf: (node) => byType.get(node.type)?.title ?? node.type,
    kindOf: (node) => kinds[byType.get(node.type)?.kind ?? 'flow'] ?? 'flow',
    isWait: (node) => byType.get(node.type)?.effect === 'control' && byType.get(node.type)?.container !== true,
    iconOf: (node) => byType.get(node.type)?.icon ?? '',
  };
}

export function useNodeCatalogue(): NodeCatalogue {
  const api = useApi();
  const query = useQuery({
    queryKey: ['node-types'],
    queryFn: ({ signal }) => api.call('/v1/node-types', NodeTypeList, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const items = query.data?.items;
  return useMemo(() => createNodeCatalogue(items ?? []), [items]);
}

/** What a step is called: the name that its workflow gives it, else its id in words. */
export function nodeTitle(node: { readonly id: string; readonly label?: string | null | undefined }): string {
  return node.label ?? wordsOf(node.id);
}

/** `fetchOrder`, `fetch-order` and `fetch_order` read "Fetch order". */
function wordsOf(id: string): string {
  const words = id
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
