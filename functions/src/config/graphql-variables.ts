/** What callers of /graphql may see and send. */
import { z } from 'zod';

export const graphqlVariables = (open: 'auto' | 'closed') => ({
  /** `open`: GraphiQL, introspection and suggestions; `auto`: open unless NODE_ENV is production. */
  AUTOMATEOS_GRAPHQL: z.enum(['open', 'closed', 'auto']).default(open),
  /** A JSON file: SHA-256 of a document -> the document. */
  AUTOMATEOS_GRAPHQL_OPERATIONS: z.string().min(1).optional(),
  /** `on`: nothing but those is executed. */
  AUTOMATEOS_GRAPHQL_ONLY_OPERATIONS: z.enum(['on', 'off']).default('off'),
});

const variables = z.object(graphqlVariables('auto'));

type Environment = Readonly<Record<string, string | undefined>>;

export function graphqlChoiceOf(config: z.infer<typeof variables>, environment: Environment = process.env) {
  const isOpen =
    config.AUTOMATEOS_GRAPHQL === 'auto' ? environment.NODE_ENV !== 'production' : config.AUTOMATEOS_GRAPHQL === 'open';
  return {
    open: isOpen,
    operationsFile: config.AUTOMATEOS_GRAPHQL_OPERATIONS ?? null,
    onlyOperations: config.AUTOMATEOS_GRAPHQL_ONLY_OPERATIONS === 'on',
  };
}
