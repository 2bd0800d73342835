/** A part of the acceptance scenario: attempts by their titles. Each stands for itself and leaves the others alone. */
import type { BlackBox } from './black-box.ts';
import type { Outside } from './outside.ts';

export type Stage = { readonly box: BlackBox; readonly outside: Outside };

export type Chapter = Readonly<Record<string, (stage: Stage) => Promise<void>>>;
