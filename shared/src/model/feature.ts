/**
 * Switches that an operator sets for a whole installation (AUTOMATEOS_FEATURES): for what may have to be turned off in a hurry, or is to be
 * tried before it becomes the rule. Each has somebody who decides when it goes; one that has been on everywhere for two releases goes.
 */
export type Feature = {
  readonly byDefault: boolean;
  /** Who decides about it. */
  readonly owner: string;
  /** The release that it came with. */
  readonly since: string;
  readonly what: string;
};

export const features = {
  'budget-stops': {
    byDefault: true,
    owner: 'cost',
    since: '0.2',
    what: 'Budgets that say `stop` refuse new executions when they are used up; off, they only warn.',
  },
  scripts: {
    byDefault: true,
    owner: 'scripts',
    since: '0.2',
    what: 'Steps of script.javascript and script.python run; off, they fail as SCRIPT_UNAVAILABLE and no child process is ever started.',
  },
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof features;
export type Features = Readonly<Record<FeatureName, boolean>>;

/** Own keys of a constant: TypeScript widens them. */
export const featureNames = Object.keys(features) as readonly FeatureName[];

/** Whether `word` turns a feature on (its name) or off (`no-` and its name). */
export function isFeatureWord(word: string): boolean {
  return featureNames.some((name) => word === name || word === `no-${name}`);
}

/** The defaults, changed by words such as `no-scripts`; the last word about a feature counts. */
export function featuresOf(words: readonly string[]): Features {
  const set: Record<string, boolean> = Object.fromEntries(featureNames.map((name) => [name, features[name].byDefault]));
  for (const word of words) set[word.replace(/^no-/, '')] = !word.startsWith('no-');
  return set as Features; // every name was set above
}
