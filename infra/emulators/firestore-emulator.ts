/**
 * The Firestore emulator. What it does not do as Firestore does: it needs no composite index, expires nothing, and answers contended
 * transactions in seconds.
 */
import { type Emulator, type EmulatorOptions, startJavaEmulator } from './java-emulator.ts';
import { findSdkJar } from './sdk-jar.ts';

export type FirestoreEmulatorOptions = EmulatorOptions & {
  /** Path of firestore.rules; without it clients may do anything. */
  readonly rules?: string;
};

export type FirestoreEmulator = Emulator & {
  /** Deletes all documents of the project's database. */
  wipe(projectId: string, databaseId?: string): Promise<void>;
};

export async function startFirestoreEmulator(options: FirestoreEmulatorOptions = {}): Promise<FirestoreEmulator> {
  const jar = await findSdkJar('cloud-firestore-emulator', /^cloud-firestore-emulator\.jar$/);
  const rules = options.rules === undefined ? [] : [`--rules=${options.rules}`];
  const main = ['-cp', jar, 'com.google.cloud.datastore.emulator.firestore.CloudFirestore', 'start'];
  const emulator = await startJavaEmulator(
    {
      name: 'cloud-firestore-emulator',
      args: (port) => [...main, '--host=127.0.0.1', `--port=${port}`, ...rules],
      readyText: 'Dev App Server is now running',
    },
    options,
  );
  const wipe = async (projectId: string, databaseId = '(default)'): Promise<void> => {
    const url = `http://${emulator.host}/emulator/v1/projects/${projectId}/databases/${databaseId}/documents`;
    const response = await fetch(url, { method: 'DELETE' });
    if (!response.ok) throw new Error(`The Firestore emulator was not wiped: ${response.status} ${await response.text()}`);
  };
  return { ...emulator, wipe };
}
