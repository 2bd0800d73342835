/** Every migration of stored documents, in order. What is released stays as it is; the next one is added at the end. */
import { deadLetterKind } from './dead-letter-kind.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [deadLetterKind];
