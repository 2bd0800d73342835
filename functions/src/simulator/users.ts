/**
 * Clients and people: they start, cancel, pause, retry and fork executions and answer what waits, through whatever process takes the call,
 * and try again where a client would. What they were promised is remembered for the invariants.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { Principal } from '@automateos/shared/model/principal';
import type { Approval, CallbackWait } from '@automateos/shared/model/wait';
import type { App } from '../app/app-context.ts';
import { answerCallback, decideApproval } from '../app/engine/answer-wait.ts';
import { callbackToken } from '../app/engine/callback-token.ts';
import { forkExecution } from '../app/engine/fork-execution.ts';
import { pauseExecution, resumeExecution } from '../app/engine/pause-execution.ts';
import { retryExecution } from '../app/engine/retry-execution.ts';
import { startExecution } from '../app/engine/start-execution.ts';
import { stopExecution } from '../app/engine/stop-execution.ts';
import type { Cluster } from './cluster.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import type { Random } from './random.ts';
import { type Answering, type Scenario, type Start, type UserAction, workflowId } from './scenario.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

export const user: Principal = { org: 'org_sim', userId: 'usr_sim', role: 'owner', via: 'session' };

export type Users = {
  start(): void;
  /** Nothing is left that a user means to do. */
  readonly done: () => boolean;
  /** Ids that a start answered with, by the start's index. */
  readonly accepted: ReadonlyMap<number, ReadonlySet<string>>;
  readonly touched: ReadonlySet<string>;
  executionStarted(execution: Execution): void;
  waitStored(wait: CallbackWait | Approval): void;
};

export type UsersOptions = {
  readonly world: World;
  readonly random: Random;
  readonly cluster: Cluster;
  readonly scenario: Scenario;
  /** Executions that a start made, by the start's index (the input says which). */
  readonly startedBy: (start: number) => Execution | undefined;
  readonly executionOf: (id: string) => Execution | null;
  readonly answering: (execution: Execution, nodeId: string) => Answering | undefined;
};

type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unanswered' };

const clientTimeoutMs = 100_000;

export function createUsers(options: UsersOptions): Users {
  const { world, random, cluster, scenario } = options;
  const accepted = new Map<number, Set<string>>();
  const touched = new Set<string>();
  let open = 0;

  /** One call through some process; it may die, or be too slow for the client. */
  function call<T>(use: (app: App) => Promise<T>): Promise<Answer<T>> {
    return new Promise((resolve) => {
      const node = cluster.any();
      if (!node) return resolve({ kind: 'unanswered' });
      const giveUp = (): void => resolve({ kind: 'unanswered' });
      node.process.onDeath.add(giveUp);
      world.at(world.now() + clientTimeoutMs, null, giveUp);
      use(node.app).then(
        (value) => resolve({ kind: 'ok', value }),
        (error: unknown) => {
          if (error instanceof AppError) return resolve({ kind: 'refused', code: error.code });
          if (!isInfrastructureError(error)) world.fail(error);
          resolve({ kind: 'unanswered' });
        },
      );
    });
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => world.at(world.now() + ms, null, resolve));

  async function insist<T>(use: (app: App) => Promise<T>): Promise<Answer<T>> {
    for (;;) {
      const answer = await call(use);
      if (answer.kind !== 'unanswered') return answer;
      await pause(random.int(100, 20_000));
    }
  }

  /** Plans something that a user does; the schedule is not over before it is done. */
  function plan(atMs: number, act: () => Promise<void>): void {
    open += 1;
    world.at(atMs, null, () => {
      act()
        .catch((error: unknown) => world.fail(error))
        .finally(() => {
          open -= 1;
        });
    });
  }

  async function send(index: number, start: Start): Promise<void> {
    const request = {
      workflowId: workflowId(start.workflow),
      input: start.input,
      trigger: { kind: 'manual' as const },
      ...(start.key === null ? {} : { dedupe: { key: start.key, digest: 'same' } }),
    };
    const use = (app: App) => startExecution(app, user, request);
    const answer = start.key === null ? await call(use) : await insist(use);
    if (answer.kind === 'refused') throw new Violation('P1 starts', `start ${index} was refused as ${answer.code}`);
    if (answer.kind !== 'ok') return;
    const { executionId } = answer.value;
    if (!options.executionOf(executionId))
      throw new Violation('I1 existence', `start ${index} was promised ${executionId}, which does not exist`);
    accepted.set(index, (accepted.get(index) ?? new Set()).add(executionId));
  }

  async function act({ kind, start, nodeId }: UserAction): Promise<void> {
    for (let look = 0; look < 20 && !options.startedBy(start); look += 1) await pause(1_000);
    const execution = options.startedBy(start);
    if (!execution) return;
    const { id } = execution;
    if (kind === 'cancel') {
      touched.add(id);
      await insist((app) => stopExecution(app, user, id, 'cancelled'));
    } else if (kind === 'pause') {
      await insist((app) => pauseExecution(app, user, id));
      await pause(random.int(0, 100_000));
      await insist((app) => resumeExecution(app, user, id));
    } else if (kind === 'retry') await retry(id);
    else await fork(id, nodeId);
  }

  async function resumeAll(): Promise<void> {
    for (const [start] of scenario.starts.entries()) {
      const execution = options.startedBy(start);
      if (execution?.paused && !isTerminal(execution.status)) await insist((app) => resumeExecution(app, user, execution.id));
    }
  }

  async function retry(id: string): Promise<void> {
    for (let look = 0; look < 60; look += 1) {
      const execution = options.executionOf(id);
      if (execution && isTerminal(execution.status)) break;
      await pause(10_000);
    }
    touched.add(id);
    await insist((app) => retryExecution(app, user, id));
  }

  async function fork(id: string, nodeId: string | undefined): Promise<void> {
    await pause(random.int(0, 30_000));
    const answer = await call((app) => forkExecution(app, user, { executionId: id, nodeId }));
    if (answer.kind !== 'ok') return;
    const { executionId } = answer.value;
    if (!options.executionOf(executionId))
      throw new Violation('I1 existence', `the fork ${executionId} was promised and does not exist`);
  }

  function answer(execution: Execution, scope: string, nodeId: string, delayMs: number): void {
    const token = callbackToken(execution, scope, nodeId);
    plan(world.now() + delayMs, async () => {
      await insist((app) => answerCallback(app, token, { answered: nodeId }));
    });
  }

  const delays: Record<Answering['when'], (() => number) | null> = {
    early: () => random.int(0, 20),
    prompt: () => random.int(0, 20),
    late: () => random.int(10_000, 250_000),
    never: null,
  };

  return {
    start() {
      scenario.starts.forEach((start, index) => {
        for (let copy = 0; copy < start.copies; copy += 1) plan(start.atMs + random.int(0, 20) * copy, () => send(index, start));
      });
      for (const action of scenario.actions) plan(action.atMs, () => act(action));
      // A pause that a client had given up for lost may take effect after its resume: somebody notices in the end.
      if (scenario.actions.some(({ kind }) => kind === 'pause')) plan(scenario.faultsUntilMs + 1_800_000, resumeAll);
    },
    done: () => open === 0,
    accepted,
    touched,
    executionStarted(execution) {
      const workflow = scenario.workflows.find((_, index) => workflowId(index) === execution.workflowId);
      for (const [nodeId, { when, twice }] of Object.entries(workflow?.answers ?? {})) {
        const node = workflow?.definition.nodes.find(({ id }) => id === nodeId);
        if (when !== 'early' || node?.type !== 'flow.callback' || node.parent !== undefined) continue;
        answer(execution, '', nodeId, random.int(0, 40));
        if (twice) answer(execution, '', nodeId, random.int(0, 40));
      }
    },
    waitStored(wait) {
      const execution = options.executionOf(wait.executionId);
      const given = execution && options.answering(execution, wait.nodeId);
      const delay = given && delays[given.when];
      if (!execution || !given || !delay) return;
      for (let times = given.twice ? 2 : 1; times > 0; times -= 1) {
        if (wait.kind === 'callback') answer(execution, wait.scope, wait.nodeId, delay());
        else {
          plan(world.now() + delay(), async () => {
            await insist((app) => decideApproval(app, user, wait.id, { decision: given.decision }));
          });
        }
      }
    },
  };
}
