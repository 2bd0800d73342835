/** The typed errors: what each says of the refusal it stands for. */
import type { ConflictErrorResolvers, InvalidErrorResolvers, LimitErrorResolvers } from './generated/resolver-types.ts';
import { presentProblem } from './resolvers/workflow.ts';
import type { RefusedSource } from './sources.ts';

const common = {
  code: ({ refused }: RefusedSource) => refused.code,
  message: ({ refused }: RefusedSource) => refused.message,
  path: ({ refused }: RefusedSource) => refused.problems?.[0]?.path ?? null,
};

const numberOf = ({ refused }: RefusedSource, name: string): number | null => {
  const value = Object.hasOwn(refused.context, name) ? refused.context[name] : null;
  return typeof value === 'number' ? value : null;
};

const invalid: InvalidErrorResolvers = {
  ...common,
  problems: ({ refused }) => (refused.problems ?? []).map(presentProblem),
  choices: ({ refused }) => {
    const { choices } = refused.context;
    return Array.isArray(choices) ? choices.map(String) : [];
  },
};
const conflict: ConflictErrorResolvers = { ...common, current: (source) => numberOf(source, 'current') };
const limit: LimitErrorResolvers = { ...common, retryAfterSeconds: (source) => numberOf(source, 'retryAfterSeconds') };

export const refusedFields = {
  NotFoundError: common,
  ForbiddenError: common,
  InvalidError: invalid,
  ConflictError: conflict,
  LimitError: limit,
};
