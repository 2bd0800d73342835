/** The cloud on this machine, set up for the chaos test: a bad-day Firestore, messages doubled by chance, an owner, and the workload deployed. */
import type { JsonValue } from '@automateos/shared/model/json';
import { type FirestoreFaultProxy, startFirestoreFaultProxy } from '../../../../infra/emulators/firestore-fault-proxy.ts';
import { createFirestoreMirror, type FirestoreMirror } from '../../../../infra/emulators/firestore-mirror.ts';
import { invoker, project } from '../../../../tools/cloud/local-names.ts';
import { runSetup } from '../../../../tools/cloud/run-setup.ts';
import { type RunningTopology, startTopology } from '../../../../tools/cloud/start-topology.ts';
import type { Random } from '../../simulator/random.ts';
import { owner, type RestCall, signIn } from '../server-process.ts';
import type { ChaosWorkflow } from './workload.ts';

export type Stage = {
  readonly running: RunningTopology;
  readonly proxy: FirestoreFaultProxy;
  readonly mirror: FirestoreMirror;
  /** As the owner, whatever it takes. */
  readonly call: RestCall;
  /** Messages that were delivered twice, by how. */
  readonly doubled: () => Readonly<Record<'at-once' | 'afterwards', number>>;
  setDoubling(chance: number): void;
  /** Calls the sweep as Cloud Scheduler does; false where it did not answer with success. */
  sweep(): Promise<boolean>;
  stop(): Promise<void>;
};

export type StageOptions = {
  readonly random: Random;
  readonly seed: number;
  readonly workers: number;
  readonly logFolder?: string | undefined;
  readonly say: (line: string) => void;
};

export async function openStage({ random, seed, workers, logFolder, say }: StageOptions): Promise<Stage> {
  const doubled = { 'at-once': 0, afterwards: 0 };
  let doubling = 0;
  let proxy: FirestoreFaultProxy | undefined;
  const running = await startTopology({
    ...{ hosting: false, jobs: false, instances: { worker: workers }, progress: say },
    ...(logFolder === undefined ? {} : { logFolder }),
    env: {
      AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1',
      AUTOMATEOS_STARTER: 'off',
      AUTOMATEOS_OWNER_EMAIL: owner.email,
      AUTOMATEOS_OWNER_PASSWORD: owner.password,
    },
    async firestoreThrough(emulator) {
      proxy = await startFirestoreFaultProxy({ emulator, seed });
      return proxy.host;
    },
    duplicate() {
      if (!random.chance(doubling)) return null;
      const how = random.chance(0.5) ? 'at-once' : 'afterwards';
      doubled[how] += 1;
      return how;
    },
  });
  if (!proxy) throw new Error('The topology did not ask for its Firestore');
  const struck = proxy;
  const mirror = createFirestoreMirror({ emulator: running.google.firestore.host, projectId: project });
  const stop = async (): Promise<void> => {
    await mirror.stop();
    await running.stop();
    await struck.stop();
  };
  try {
    await runSetup(running, false);
    const call = await signIn(running.url);
    const sweep = (): Promise<boolean> => callSweep(running);
    return {
      running,
      proxy: struck,
      mirror,
      call,
      doubled: () => doubled,
      setDoubling(chance) {
        doubling = chance;
      },
      sweep,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function callSweep({ services, google }: RunningTopology): Promise<boolean> {
  const url = services.get('sweep')?.url ?? '';
  const token = await google.issuer.sign({ audience: url, email: invoker });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(60_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // killed while it swept
  }
}

/** Workflow ids by name. */
export async function deployAll(call: RestCall, workload: readonly ChaosWorkflow[]): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { definition } of workload) {
    const created = await call('POST', '/v1/workflows', definition as unknown as JsonValue); // a definition is JSON
    if (created.status !== 201) throw new Error(`${definition.name} was refused: ${JSON.stringify(created.body)}`);
    const { id } = created.body as { id: string };
    const live = await call('POST', `/v1/workflows/${id}/activate`, {});
    if (live.status !== 200) throw new Error(`${definition.name} was not made live: ${JSON.stringify(live.body)}`);
    ids.set(definition.name, id);
  }
  return ids;
}
