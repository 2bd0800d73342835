/**
 * One emulator of the Google Cloud SDK as a child process on 127.0.0.1, which ends with whoever started it. It keeps everything in memory:
 * `stop` kills it at once, and a restart on the same port begins empty.
 */
import { freePort, startEmulatorProcess } from './emulator-process.ts';
import { javaCommand } from './sdk-jar.ts';

export type EmulatorOptions = {
  /** Fixed, to come back where clients expect it after a crash; a free one when absent. */
  readonly port?: number;
};

export type Emulator = AsyncDisposable & {
  /** `127.0.0.1:port`, as the `*_EMULATOR_HOST` variables want it. */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
};

/** A port that was free a moment ago may be taken by the time Java binds it. */
const freePortTries = 3;

export type JavaEmulator = {
  readonly name: string;
  /** The arguments of `java` for a port. */
  args(port: number): readonly string[];
  /** It prints this when it serves. An answer on the port alone might be another process's. */
  readonly readyText: string;
};

export async function startJavaEmulator(emulator: JavaEmulator, { port }: EmulatorOptions = {}): Promise<Emulator> {
  for (let tries = port === undefined ? freePortTries : 1; ; tries -= 1) {
    try {
      return await start(emulator, await freePort(port));
    } catch (error) {
      if (tries <= 1) throw error;
    }
  }
}

async function start({ name, args, readyText }: JavaEmulator, port: number): Promise<Emulator> {
  const { pid, exited, stop } = await startEmulatorProcess({
    ...{ name, readyText, url: `http://127.0.0.1:${port}/` },
    command: [javaCommand(), '-Duser.language=en', ...args(port)],
  });
  return { host: `127.0.0.1:${port}`, port, pid, exited, stop, [Symbol.asyncDispose]: stop };
}
