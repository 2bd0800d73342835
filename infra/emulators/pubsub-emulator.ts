/**
 * The Pub/Sub emulator. A restart loses all topics, subscriptions and messages; it ignores filters and sends no Authorization header,
 * and push subscriptions with a retryPolicy stick for ever once two messages fail: subscriptions are pull (infra/emulators' dispatcher).
 */
import { type Emulator, type EmulatorOptions, startJavaEmulator } from './java-emulator.ts';
import { findSdkJar } from './sdk-jar.ts';

export async function startPubSubEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const jar = await findSdkJar('pubsub-emulator/lib', /^cloud-pubsub-emulator-.*\.jar$/);
  return startJavaEmulator(
    {
      name: 'pubsub-emulator',
      args: (port) => ['-jar', jar, '--host=127.0.0.1', `--port=${port}`],
      readyText: 'Server started, listening on',
    },
    options,
  );
}
