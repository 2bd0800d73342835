/** One attempt of an effectful step: its context, its timeout, its lease, and the ways in which it can be cut short. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import type { Step } from '@automateos/shared/model/branch';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { NodeType, StepContext } from '@automateos/shared/ports/node-runtime';
import { restrictedTo } from '../credentials/allowed-hosts.ts';
import { openCredential } from '../credentials/open-credential.ts';
import type { OpenedCredential } from '../credentials/opened-credential.ts';
import { planSecrets, rememberSecrets } from '../credentials/plan-secrets.ts';
import { digest } from '../digest.ts';
import { checkpoint } from './checkpoint.ts';
import type { Executed } from './executed.ts';
import { hideSecrets, masked, maskedError } from './mask-outcome.ts';
import { failureOf, ownFailure } from './pure-step.ts';
import type { Run } from './run.ts';
import { scriptGlobals } from './script-globals.ts';
import { stepTimeoutMs } from './time-left.ts';

const renewMs = 30_000;
const logLimitBytes = 16 * 1024;
/** What a line takes beside its text. */
const lineBytes = 5;

export async function execute(
  run: Run,
  node: PlanNode,
  type: Extract<NodeType, { kind: 'effect' }>,
  step: Step,
  params: JsonObject,
): Promise<Executed> {
  const { clock, interrupts } = run.app;
  const abort = new AbortController();
  const logs: string[] = [];
  let renewal: Promise<void> = Promise.resolve();
  let lost = false;
  let over = false;
  const timeoutMs = stepTimeoutMs(run, node.timeoutMs);
  const stopTimer = clock.after(timeoutMs, () => abort.abort(timeout(node, timeoutMs)));
  let stopRenewing = (): void => {};
  const renew = (): void => {
    if (over) return; // a renewal under way when the attempt ended: nothing may write beside the steps that follow
    stopRenewing = clock.after(renewMs, () => {
      renewal = checkpoint(run, { branch: run.branch, stepMs: node.timeoutMs }).then(
        (committed) => {
          lost = committed === 'lost';
          if (lost || run.branch.stop) abort.abort(aborted);
          else renew();
        },
        () => renew(), // unanswered: the next one tries again, or the outcome's checkpoint finds out
      );
    });
  };
  renew();
  const unregister = interrupts.register(run.branch.executionId, run.branch.id, () => abort.abort(aborted));
  try {
    const executed = await attempt();
    await ended();
    return lost ? { kind: 'lost' } : executed;
  } catch (error) {
    await ended();
    throw error;
  }

  async function ended(): Promise<void> {
    over = true;
    unregister();
    stopTimer();
    stopRenewing();
    await renewal;
  }

  async function attempt(): Promise<Executed> {
    let context: StepContext;
    try {
      const credential = await credentialOf(run, node);
      hideSecrets(run, await planSecrets(run.app, run.branch.org, run.plan, run.opened));
      context = await contextFor(run, node, step, { params, credential }, abort.signal, logs);
    } catch (error) {
      return masked(run.masker, { kind: 'failed', failure: ownFailure(error), logs });
    }
    try {
      const result = await untilAborted(type.execute(context), abort.signal);
      return masked(run.masker, { kind: 'done', result, logs });
    } catch (error) {
      if (abort.signal.reason === aborted) return { kind: 'aborted' };
      const thrown = maskedError(run.masker, abort.signal.aborted ? abort.signal.reason : error);
      return masked(run.masker, { kind: 'failed', failure: failureOf(thrown), logs });
    }
  }
}

const aborted = new StepError({ code: 'ABORTED', message: 'The execution is being stopped', retryable: false });

function timeout(node: PlanNode, timeoutMs: number): StepError {
  const limited = timeoutMs < node.timeoutMs ? `, the longest that a step may take here (it asked for ${node.timeoutMs} ms)` : '';
  return new StepError({ code: 'TIMEOUT', message: `The step took longer than ${timeoutMs} ms${limited}`, class: 'timeout' });
}

/** A node type that ignores its signal must not hold the branch. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {}); // its outcome counts no more, a failure neither
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** From here on the run knows its secret values as they are now. */
async function credentialOf(run: Run, node: PlanNode): Promise<OpenedCredential | null> {
  if (node.credential === null) return null;
  const credential = await openCredential(run.app, run.branch.org, node.credential);
  hideSecrets(run, credential.secrets);
  rememberSecrets(run.app, run.branch.org, node.credential, credential.secrets);
  run.opened.add(node.credential);
  return credential;
}

async function contextFor(
  run: Run,
  node: PlanNode,
  step: Step,
  { params, credential }: { readonly params: JsonObject; readonly credential: OpenedCredential | null },
  signal: AbortSignal,
  logs: string[],
): Promise<StepContext> {
  const { org, executionId } = run.branch;
  let logged = 0;
  return {
    org,
    executionId,
    workflowId: run.execution.data.workflowId,
    nodeId: node.id,
    params,
    globals: node.rawParams.length > 0 ? await scriptGlobals(run, node, step.scope) : {},
    get idempotencyKey() {
      return idempotencyKey(run, step);
    },
    attempt: step.attempt,
    signal,
    credential,
    http: credential === null ? run.app.http : restrictedTo(credential.hosts, credential.name, run.app.http),
    sandbox: run.app.sandbox,
    log(level, message) {
      logged += level.length + message.length + lineBytes;
      if (logged <= logLimitBytes) logs.push(`${level}: ${message}`);
      else if (logs.at(-1) !== '...') logs.push('...');
    },
  };
}

/** The same for every attempt of a step and generation, for no other step. */
export function idempotencyKey(run: Run, step: Step): string {
  const { org, executionId } = run.branch;
  const attempt = run.app.settings.plantedBug === 'key-per-attempt' ? String(step.attempt + run.branch.rev) : '';
  return digest(org, executionId, step.scope, step.node, String(step.generation), attempt).slice(0, 40);
}
