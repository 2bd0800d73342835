import { describeDocumentStore } from './document-store.conformance.ts';
import { createFakeDocumentStore } from './fake-document-store.ts';

describeDocumentStore('the fake', () => ({ store: createFakeDocumentStore(), close: async () => {} }));
