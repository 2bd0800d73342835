import { describeBlobs } from './blobs.conformance.ts';
import { createFakeBlobs } from './fake-blobs.ts';

describeBlobs('the fake', () => ({ blobs: createFakeBlobs(), close: async () => {} }));
