/** The one list of indexes, which Firestore is given as it is and SQLite builds its own from. */
import file from '../../../../firestore.indexes.json' with { type: 'json' };
import { IndexFile } from './sqlite-layout.ts';

export const shippedIndexes = (): IndexFile => IndexFile.parse(file);
