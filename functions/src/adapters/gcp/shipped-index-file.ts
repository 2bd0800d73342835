/** The one list of indexes, as Firestore is given it. */
import file from '../../../../firestore.indexes.json' with { type: 'json' };
import { FirestoreIndexFile } from './firestore-index-file.ts';

export const shippedIndexFile = (): FirestoreIndexFile => FirestoreIndexFile.parse(file);
