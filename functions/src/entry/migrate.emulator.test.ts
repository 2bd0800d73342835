import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Write } from '@automateos/shared/ports/document-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FirestoreEmulator, startFirestoreEmulator } from '../../../infra/emulators/firestore-emulator.ts';
import { createFirestoreStore } from '../adapters/gcp/firestore-store.ts';
import { shippedIndexFile } from '../adapters/gcp/shipped-index-file.ts';

const projectId = 'demo-migrate';
let emulator: FirestoreEmulator;
beforeAll(async () => {
  emulator = await startFirestoreEmulator();
});
afterAll(() => emulator.stop());

function migrate(project: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const env = { GOOGLE_CLOUD_PROJECT: project, FIRESTORE_EMULATOR_HOST: emulator.host, METADATA_SERVER_DETECTION: 'none' };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'migrate.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

it('migrates what Firestore holds, in every organization, page by page', async () => {
  const store = createFirestoreStore({
    ...{ projectId, databaseId: '(default)', indexes: shippedIndexFile(), emulatorHost: emulator.host },
  });
  const letters = Array.from({ length: 250 }, (_, at): Write => {
    const path = `organizations/org_${at % 3}/dead-letters/dlq_${at}`;
    return { kind: 'create', path, data: { id: `dlq_${at}`, status: 'open', nested: [[at]] } };
  });
  await store.commit(letters);
  expect(await migrate(projectId, '--dry-run')).toMatchObject({ code: 0, output: expect.stringContaining('change 250 of 250') });
  expect(await migrate(projectId)).toMatchObject({ code: 0, output: expect.stringContaining('250 of 250 documents changed') });
  expect((await store.get('organizations/org_1/dead-letters/dlq_7'))?.data).toEqual({
    ...{ id: 'dlq_7', status: 'open', nested: [[7]], kind: 'step' },
  });
  expect((await migrate(projectId)).output).toContain('Nothing to do');
  await store.close();
});

it('takes an emulator for demo projects only', async () => {
  const { code, output } = await migrate('my-project', '--status');
  expect(output).toContain('unset FIRESTORE_EMULATOR_HOST');
  expect(code).toBe(1);
});
