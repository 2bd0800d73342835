import { describe, expect, it } from 'vitest';
import { featureNames, features, featuresOf, isFeatureWord } from './feature.ts';

describe('features', () => {
  it('are as their defaults say, until a word changes one', () => {
    expect(featuresOf([])).toEqual({ 'budget-stops': true, scripts: true });
    expect(featuresOf(['no-scripts'])).toEqual({ 'budget-stops': true, scripts: false });
    expect(featuresOf(['no-scripts', 'scripts'])).toEqual({ 'budget-stops': true, scripts: true });
  });

  it('are known by name, typing errors are not', () => {
    for (const name of featureNames) expect([isFeatureWord(name), isFeatureWord(`no-${name}`)]).toEqual([true, true]);
    expect(['script', 'no-', '', 'no-no-scripts', 'constructor'].filter(isFeatureWord)).toEqual([]);
  });

  it('each say who owns them, since when, and what they do; none is named like another switched off', () => {
    for (const [name, { owner, since, what }] of Object.entries(features)) {
      expect(name).toMatch(/^(?!no-)[a-z-]+$/);
      expect([owner, since, what].every((text) => text.length > 2)).toBe(true);
    }
  });
});
