/** Whoever answers waiting executions: callbacks and approvals, early, promptly, late or never, as the workload says, and some twice. */
import type { Execution } from '@automateos/shared/model/execution';
import type { Approval, CallbackWait } from '@automateos/shared/model/wait';
import { callbackToken } from '../../app/engine/callback-token.ts';
import type { Answering } from '../../simulator/scenario.ts';
import type { ChaosWorkflow } from './workload.ts';

export type Answers = {
  callback(token: string, nodeId: string): Promise<void>;
  decide(approvalId: string, decision: 'approve' | 'reject'): Promise<void>;
};

export type People = {
  /** Told of every execution and every wait that is stored, as often as anybody likes. */
  started(execution: Execution): void;
  waits(wait: CallbackWait | Approval, execution: Execution): void;
};

export type PeopleOptions = {
  readonly workload: readonly ChaosWorkflow[];
  readonly answers: Answers;
  /** Later, in ms. */
  readonly later: (ms: number, act: () => void) => void;
};

const delaysMs: Readonly<Record<Answering['when'], number | null>> = { early: 0, prompt: 200, late: 2_500, never: null };

export function createPeople({ workload, answers, later }: PeopleOptions): People {
  const told = new Set<string>();
  const byName = new Map(workload.map((workflow) => [workflow.definition.name, workflow]));

  function once(key: string, { when, twice }: Answering, act: () => void): void {
    const delay = delaysMs[when];
    if (delay === null || told.has(key)) return;
    told.add(key);
    for (let times = twice ? 2 : 1; times > 0; times -= 1) later(delay, act);
  }

  return {
    started(execution) {
      const workflow = byName.get(execution.workflowName);
      for (const [nodeId, answering] of Object.entries(workflow?.answers ?? {})) {
        const node = workflow?.definition.nodes.find(({ id }) => id === nodeId);
        if (answering.when !== 'early' || node?.type !== 'flow.callback' || node.parent !== undefined) continue;
        const token = callbackToken(execution, '', nodeId);
        once(token, answering, () => void answers.callback(token, nodeId));
      }
    },
    waits(wait, execution) {
      const answering = byName.get(execution.workflowName)?.answers[wait.nodeId];
      if (wait.status !== 'pending' || answering === undefined) return;
      if (wait.kind === 'approval') return once(wait.id, answering, () => void answers.decide(wait.id, answering.decision));
      const token = callbackToken(execution, wait.scope, wait.nodeId);
      once(token, answering, () => void answers.callback(token, wait.nodeId));
    },
  };
}
