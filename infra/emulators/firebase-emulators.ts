/**
 * Firebase's emulators for Auth and, where wanted, Hosting, offline, on free ports of 127.0.0.1. Accounts are in memory and tokens are
 * unsigned. Hosting serves the console's files with the headers of firebase.json; the rewrites to functions are the caller's, because
 * this emulator would look for them in the cloud.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startEmulatorProcess } from './emulator-process.ts';

export type FirebaseEmulatorsOptions = {
  readonly projectId: string;
  readonly hosting?: boolean;
  /** The console's built files; web/dist when absent. */
  readonly publicFolder?: string;
  /** Fixed, where clients cannot be told; free ones when absent. */
  readonly authPort?: number;
  readonly hostingPort?: number;
};

export type FirebaseEmulators = AsyncDisposable & {
  /** `127.0.0.1:port`, as FIREBASE_AUTH_EMULATOR_HOST wants it. */
  readonly authHost: string;
  /** null where Hosting was not asked for. */
  readonly hostingHost: string | null;
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
};

const root = join(import.meta.dirname, '../..');

export async function startFirebaseEmulators(options: FirebaseEmulatorsOptions): Promise<FirebaseEmulators> {
  const { projectId, hosting = false, publicFolder = join(root, 'web/dist') } = options;
  if (hosting && !existsSync(join(publicFolder, 'index.html')))
    throw new Error(`${publicFolder} has no index.html: build the console`);
  const ports = {
    auth: options.authPort ?? (await freePort()),
    hosting: options.hostingPort ?? (await freePort()),
    hub: await freePort(),
    logging: await freePort(),
  };
  const folder = mkdtempSync(join(tmpdir(), 'automateos-firebase-'));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'firebase.json'), JSON.stringify(configOf(ports, hosting)));
  if (hosting) symlinkSync(publicFolder, join(folder, 'public'));
  try {
    const { pid, exited, stop } = await startEmulatorProcess({
      name: 'firebase-emulators',
      command: [
        ...[process.execPath, join(root, 'node_modules/firebase-tools/lib/bin/firebase.js'), 'emulators:start'],
        ...['--project', projectId, '--only', hosting ? 'auth,hosting' : 'auth', '--config', join(folder, 'firebase.json')],
      ],
      // its settings, logs and caches stay in the folder
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        CI: 'true',
        TMPDIR: folder,
        NO_UPDATE_NOTIFIER: '1',
        TZ: 'UTC',
      },
      cwd: folder,
      readyText: 'All emulators ready',
      url: `http://127.0.0.1:${ports.auth}/`,
    });
    const end = async (): Promise<void> => {
      await stop();
      clean();
    };
    return {
      authHost: `127.0.0.1:${ports.auth}`,
      hostingHost: hosting ? `127.0.0.1:${ports.hosting}` : null,
      ...{ pid, exited, stop: end, [Symbol.asyncDispose]: end },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

type Rewrite = { readonly source: string; readonly destination?: string };

function configOf(ports: Readonly<Record<string, number>>, hosting: boolean): object {
  const emulators = Object.entries(ports)
    .filter(([name]) => hosting || name !== 'hosting')
    .map(([name, port]) => [name, { host: '127.0.0.1', port }]);
  const config = { emulators: { ...Object.fromEntries(emulators), ui: { enabled: false }, singleProjectMode: false } };
  if (!hosting) return config;
  // checked against its schema by a test
  const { hosting: site } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
    readonly hosting: { readonly rewrites: readonly Rewrite[] };
  };
  const rewrites = site.rewrites.filter(({ destination }) => destination !== undefined);
  return { ...config, hosting: { ...site, public: 'public', rewrites } };
}
