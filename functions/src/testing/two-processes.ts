/**
 * An installation as the cloud has it: one process takes requests and runs no steps, the other takes messages. They share the store and
 * nothing else: what goes from one to the other goes as JSON.
 */

import type { Logger } from '@automateos/shared/ports/logger';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import type { App } from '../app/app-context.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { invoke } from '../app/telemetry/invocation.ts';
import { createRecordingTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';
import { createTestApp, type TestApp } from './test-app.ts';

export type TestProcess = { readonly app: TestApp; readonly telemetry: RecordingTelemetry };

export type TwoProcesses = {
  readonly front: TestProcess;
  readonly worker: TestProcess;
  /** Messages that were published and not delivered yet, as they go over the wire. */
  readonly messages: string[];
  /** Delivers until nothing is left. */
  deliver(): Promise<void>;
};

export async function createTwoProcesses(logger: Logger): Promise<TwoProcesses> {
  const store = createFakeDocumentStore();
  const messages: string[] = [];
  const queue = {
    publish: async (_pool: string, refs: readonly BranchRef[]) => void messages.push(...refs.map((ref) => JSON.stringify(ref))),
  };
  const shared: Partial<App> = { store, queue, logger, workers: { enter: () => null, busy: () => 0 } };
  const make = async (): Promise<TestProcess> => {
    const telemetry = createRecordingTelemetry();
    return { telemetry, app: await createTestApp({ ...shared, telemetry }) };
  };
  const [front, worker] = [await make(), await make()];
  return {
    ...{ front, worker, messages },
    async deliver() {
      for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
        const ref = JSON.parse(message) as BranchRef; // published above
        await invoke(worker.app, { function: 'worker', trigger: 'pubsub', traceparent: ref.trace }, (invokedBy) =>
          runBranch(worker.app, ref, invokedBy),
        );
      }
    },
  };
}
