import type { Evaluate } from '@automateos/shared/ports/node-runtime';

/** fromEntries defines own properties, so that a node called `constructor` is data like any other. */
export const evaluate: Evaluate = ({ arrived }) => ({
  output: Object.fromEntries(arrived.map(({ nodeId, output }) => [nodeId, output])),
});
