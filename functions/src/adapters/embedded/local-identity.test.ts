import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describeIdentity } from '@automateos/shared/testing/identity.conformance';
import { createKeyRing } from './key-file-ring.ts';
import { createLocalIdentity } from './local-identity.ts';
import { createRandomIds } from './random-ids.ts';
import { createSystemClock } from './system-clock.ts';

describeIdentity('local accounts', () =>
  createLocalIdentity({
    store: createFakeDocumentStore(),
    keyRing: createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]),
    clock: createSystemClock(),
    ids: createRandomIds(),
  }),
);
