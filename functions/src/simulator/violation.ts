/** An invariant that does not hold. Ends the schedule at once, whoever finds it. */
export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

export function hold(invariant: string, holds: boolean, detail: () => string): asserts holds {
  if (!holds) throw new Violation(invariant, detail());
}
