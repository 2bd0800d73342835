import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { readExecution } from './read-execution.ts';

export type WaitOptions = {
  readonly timeoutMs: number;
  /** `responded`: flow.respond has answered, or the execution has ended. */
  readonly until: 'finished' | 'responded';
  readonly signal?: AbortSignal;
};

/** The execution once it has come so far, or as it is after `timeoutMs`. */
export function waitForExecution(app: App, org: string, id: string, options: WaitOptions): Promise<Execution> {
  return new Promise((resolve, reject) => {
    let latest: Execution | null = null;
    let over = options.signal?.aborted ?? false;
    const settle = (): void => {
      over = true; // before the first look, the first look settles
      if (!latest) return;
      stop();
      cancel();
      options.signal?.removeEventListener('abort', settle);
      resolve(latest);
    };
    const look = (execution: Execution): void => {
      latest = execution;
      if (over || isTerminal(execution.status) || (options.until === 'responded' && execution.response)) settle();
    };
    const stop = app.store.watch(paths.execution(org, id), ({ snapshot }) => {
      if (snapshot) look(Execution.parse(snapshot.data));
    });
    const cancel = app.clock.after(options.timeoutMs, settle);
    options.signal?.addEventListener('abort', settle, { once: true });
    readExecution(app, org, id).then(
      ({ data }) => look(data),
      (error: unknown) => {
        stop();
        cancel();
        options.signal?.removeEventListener('abort', settle);
        reject(error);
      },
    );
  });
}
