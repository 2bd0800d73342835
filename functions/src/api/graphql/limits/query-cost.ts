/**
 * What a query may cost, with its variables: each field one, a list as often as it may have items. A page of fifty executions with fifty
 * steps each is well within; a page of pages of pages is not.
 */
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import { refusal } from './query-shape.ts';

const mostCost = 50_000;

/** Items of lists that are no pages. */
const fixedLists: Readonly<Record<string, number>> = { nodeTypes: 50, days: 31, items: 10, triggers: 5, tries: 5, schedules: 5 };

const estimator: ComplexityEstimator = ({ args, childComplexity, field }) => {
  if (field.name === 'edges' || field.name === 'nodes') return idsIn(args) * Math.max(childComplexity, 1);
  const items = getNamedType(field.type).name.endsWith('Connection')
    ? pageSize(args.first)
    : (fixedLists[field.name] ?? idsIn(args));
  return 1 + items * childComplexity;
};

function pageSize(first: unknown): number {
  return typeof first === 'number' ? Math.max(1, first) : 50;
}

/** Batches, and the nodes of Query. */
function idsIn(args: Readonly<Record<string, unknown>>): number {
  return Array.isArray(args.ids) ? Math.max(1, args.ids.length) : 1;
}

export type CostedQuery = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
};

/** null when it may run. Variables that do not fit are told by whoever executes. */
export function costRefusal({ schema, document, variables, operationName }: CostedQuery): GraphQLError | null {
  // a variable does not fit: execution refuses the request with the reason, and runs nothing
  if (!variablesFit()) return null;
  const cost = costOf();
  return cost > mostCost
    ? refusal(`The query may cost at most ${mostCost}; this one costs ${cost}. Ask for smaller pages.`, 'QUERY_TOO_COSTLY')
    : null;

  /** Looked at up to the first fault: pricing would describe each one of a list of a hundred thousand, for seconds. */
  function variablesFit(): boolean {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    return getVariableValues(schema, definitions, variables, { maxErrors: 1 }).errors === undefined;
  }

  function costOf(): number {
    try {
      return getComplexity({
        ...{ schema, query: document, variables: { ...variables }, estimators: [estimator] },
        ...(operationName === undefined ? {} : { operationName }),
      });
    } catch {
      return 0; // there is no such operation, or an argument does not fit: execution refuses it likewise
    }
  }
}
