/**
 * Where the Google Cloud SDK keeps its emulators, and which Java runs them. The jars are started without gcloud's Python in between:
 * twice as fast, and the process that is started is the one that is killed.
 */
import { access, readdir, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

/** The one file in `folder` (below the SDK's `platform`) whose name matches. Throws, saying what to install, when there is none. */
export async function findSdkJar(folder: string, name: RegExp): Promise<string> {
  const path = join(await sdkRoot(), 'platform', folder);
  const files = await readdir(path).catch((): string[] => []);
  const jar = files
    .filter((file) => name.test(file))
    .toSorted()
    .at(-1);
  if (jar === undefined) {
    const component = folder.split('/')[0];
    throw new Error(`The Google Cloud SDK has no ${component} here: run \`gcloud components install ${component}\`.`);
  }
  return join(path, jar);
}

export function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

async function sdkRoot(): Promise<string> {
  const told = process.env.CLOUDSDK_ROOT_DIR;
  if (told !== undefined && told !== '') return told;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const gcloud = join(folder, 'gcloud');
    const found = await access(gcloud).then(
      () => true,
      () => false,
    );
    if (found) return dirname(dirname(await realpath(gcloud)));
  }
  throw new Error('gcloud is not in PATH: install the Google Cloud SDK, whose Firestore and Pub/Sub emulators are used.');
}
