/** Work that must not overlap, one after the other in the order asked; what fails does not hold up what follows. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    // the failure belongs to whoever asked for the work
    last = mine.catch(() => undefined);
    return mine;
  };
}
