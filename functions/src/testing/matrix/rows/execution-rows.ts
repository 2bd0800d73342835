/** Executions, approvals, events and dead letters. */
import { none, ofExecution, ofWorkflow, type Params, type Rows } from '../row.ts';
import type { Tenant } from '../tenant.ts';

const newWaiting = async ({ make }: Tenant): Promise<Params> => ({ id: (await make.waiting()).executionId });
const newFailed = async ({ make }: Tenant): Promise<Params> => ({ id: (await make.failed()).executionId });
const newLetter = async ({ make }: Tenant): Promise<Params> => ({ id: (await make.failed()).letterId });

export const executionsRows: Rows = {
  startExecution: { action: 'executions.start', params: ofWorkflow, body: () => ({ input: {} }) },
  listExecutions: { action: 'executions.read' },
  getExecution: { action: 'executions.read', params: ofExecution },
  listExecutionSteps: { action: 'executions.read', params: ofExecution },
  listExecutionLogs: { action: 'executions.read', params: ofExecution },
  streamExecutionEvents: { action: 'executions.read', params: ofExecution },
  createLiveTicket: { action: 'signed-in' },
  streamExecutions: { action: 'executions.read', endless: true },
  streamApprovals: { action: 'approvals.read', endless: true },
  cancelExecution: { action: 'executions.control', params: newWaiting, body: none },
  pauseExecution: { action: 'executions.control', params: newWaiting, body: none },
  resumeExecution: { action: 'executions.control', params: newWaiting, body: none, success: [202, 409] }, // it is not paused
  retryExecution: { action: 'executions.control', params: newFailed, body: none },
  forkExecution: { action: 'executions.control', params: ofExecution, body: () => ({ nodeId: 'set' }) },
  listApprovals: { action: 'approvals.read' },
  getApproval: { action: 'approvals.read', params: ({ things }) => ({ id: things.approvalId }) },
  decideApproval: {
    action: 'approvals.decide',
    also: ['approvals.read'],
    params: async ({ make }) => ({ id: (await make.waiting()).approvalId }),
    body: () => ({ decision: 'approve' }),
  },
  answerCallback: { action: 'public', params: () => ({ token: 'no-such-token' }), body: none, success: [404] }, // the token is the secret
  sendEvent: { action: 'events.send', body: () => ({ type: 'matrix.asked', source: 'matrix' }) },
  getExecutionTest: { action: 'executions.read', params: ofExecution },
  listDeadLetters: { action: 'dead-letters.read' },
  getDeadLetter: { action: 'dead-letters.read', also: ['executions.read'], params: ({ things }) => ({ id: things.letterId }) },
  redriveDeadLetter: { action: 'dead-letters.redrive', params: newLetter, body: none },
  discardDeadLetter: { action: 'dead-letters.discard', params: newLetter, body: none },
  redriveDeadLetters: { action: 'dead-letters.redrive', body: () => ({ ids: ['dlq_0'] }) },
  discardDeadLetters: { action: 'dead-letters.discard', body: () => ({ ids: ['dlq_0'] }) },
};
