/** What an installation lets callers of /graphql see and send. */

export type GraphqlSettings = {
  /** The page to try queries on, introspection and "Did you mean": for those who build against it. */
  readonly open: boolean;
  /** Documents by hash that are known to be good. */
  readonly operations: ReadonlyMap<string, string>;
  /** Nothing else is executed. */
  readonly onlyOperations: boolean;
};

export const openGraphql: GraphqlSettings = { open: true, operations: new Map(), onlyOperations: false };

export const closedGraphql: GraphqlSettings = { ...openGraphql, open: false };
