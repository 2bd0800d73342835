import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '@automateos/shared/model/paths';
import { assertFails, initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing';
import { setLogLevel } from 'firebase/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../../infra/emulators/firestore-emulator.ts';

const rulesFile = join(import.meta.dirname, '../../../../firestore.rules');

let emulator: FirestoreEmulator;
let environment: RulesTestEnvironment;
beforeAll(async () => {
  setLogLevel('silent'); // every refusal is a warning to the client
  emulator = await startFirestoreEmulator();
  const rules = await readFile(rulesFile, 'utf8');
  const firestore = { host: '127.0.0.1', port: emulator.port, rules };
  environment = await initializeTestEnvironment({ projectId: 'demo-rules', firestore });
  // what is there could be read: a refusal is the rules' doing
  await environment.withSecurityRulesDisabled(async (context) => {
    for (const path of documents) await context.firestore().doc(path).set({ json: '{}' });
  });
});
afterAll(async () => {
  await environment.cleanup();
  await emulator.stop();
});

/** One document of every kind that there is, in whatever collection. */
const documents = [
  ...new Set(Object.values(paths).map((path) => (typeof path === 'string' ? path : path('a', 'b', 'c' as never)))),
]
  .filter((path) => path.split('/').at(-1) !== '')
  .map((path) => (path.split('/').length % 2 === 0 ? path : `${path}/z`));

const claims = { org: 'a', role: 'owner', admin: true, email: 'owner@example.test', email_verified: true };
const clients = {
  'somebody without an account': () => environment.unauthenticatedContext(),
  'somebody who is signed in': () => environment.authenticatedContext('usr_1'),
  'an owner, whatever the token claims': () => environment.authenticatedContext('b', claims),
};

describe.each(Object.entries(clients))('%s', (_, client) => {
  test('reads no document', async () => {
    expect(documents.length).toBeGreaterThan(25);
    const firestore = client().firestore();
    await Promise.all(documents.map((path) => assertFails(firestore.doc(path).get())));
  });

  test('lists no collection and no collection group', async () => {
    const firestore = client().firestore();
    const collections = documents.map((path) => path.slice(0, path.lastIndexOf('/')));
    await Promise.all(collections.map((path) => assertFails(firestore.collection(path).limit(1).get())));
    const groups = new Set(collections.map((path) => path.slice(path.lastIndexOf('/') + 1)));
    await Promise.all([...groups].map((group) => assertFails(firestore.collectionGroup(group).limit(1).get())));
  });

  test('creates, changes and deletes nothing', async () => {
    const firestore = client().firestore();
    for (const path of documents) {
      await assertFails(firestore.doc(`${path}0`).set({ json: '{}' }));
      await assertFails(firestore.doc(path).update({ json: '{"mine":true}' }));
      await assertFails(firestore.doc(path).delete());
    }
    await assertFails(firestore.doc('elsewhere/of-their-own').set({ json: '{}' }));
  });
});
