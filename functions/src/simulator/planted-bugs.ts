/**
 * Defects behind a switch that only the simulator sets, each one rule of the engine taken back: what the checks are worth is what they
 * catch. `within`: schedules in which it must be caught (a test proves it); `profile`: faults that it takes; `seed`: where the rare is near.
 */
import type { PlantedBug } from '../app/engine/engine-settings.ts';

export type Planted = { readonly what: string; readonly within: number; readonly profile?: string; readonly seed?: string };

export const plantedBugs: Readonly<Record<PlantedBug, Planted>> = {
  'no-fence': { what: 'a branch is written without the version it was read at', within: 500, profile: 'zombies' },
  'key-per-attempt': { what: 'every attempt has an idempotency key of its own', within: 50 },
  'repeat-at-most-once': { what: 'a step found started is run again whatever it asked for', within: 2_000, profile: 'crashes' },
  'promise-before-commit': { what: 'a start is answered before it is stored', within: 50 },
  'key-forgotten': { what: 'the record of the idempotency key is not part of the start', within: 200 },
  'effect-before-mark': { what: 'an effect begins before the commit that marks it as started', within: 50 },
  'join-without-version': { what: 'arrivals at a join are written over each other', within: 500 },
  'fork-in-two-commits': { what: 'the parent of a fork ends before its children exist', within: 1_000, profile: 'crashes' },
  'token-used-twice': {
    what: 'a commit sent again has the number of the one before it',
    within: 3_000,
    profile: 'landing',
    seed: 'planted-11',
  },
  'lease-never-ends': { what: 'a lease outlives its holder', within: 200, profile: 'crashes' },
  'no-sweep': { what: 'nobody looks for what was not announced', within: 200, profile: 'bus' },
  'crashes-not-counted': { what: 'a step may kill its worker for ever', within: 1_000 },
  'attempts-not-counted': { what: 'every attempt is the first', within: 100 },
  'stop-ignored-by-end': { what: 'the end of an execution does not look for a stop', within: 4_000 },
  'stop-does-not-wait': { what: 'a stop does not wait for the branches it told', within: 1_000 },
  'early-answer-lost': { what: 'an answer that came before its wait is not looked for', within: 1_000 },
  'drained-edge-lost': { what: 'the end of a scope does not hear of the losers of a race', within: 500 },
  'skips-not-handed-on': { what: 'a skipped node does not skip what follows it', within: 200 },
  'retry-raises-every-generation': { what: 'a retry gives an interrupted step another key', within: 4_000 },
};

export function isPlantedBug(name: string): name is PlantedBug {
  return Object.hasOwn(plantedBugs, name);
}
