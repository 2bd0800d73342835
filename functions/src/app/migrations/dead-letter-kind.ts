/**
 * Release 0.1 knew dead letters of steps alone and did not say so. With the kind in every letter the model's default can go in a later
 * release, and the kind can be indexed.
 */
import type { Migration } from './migration.ts';

export const deadLetterKind: Migration = {
  id: '0001-dead-letter-kind',
  title: 'dead letters of release 0.1 say that they are of a step',
  groups: ['dead-letters'],
  change: ({ data }) => (data.kind === undefined ? { ...data, kind: 'step' } : null),
};
