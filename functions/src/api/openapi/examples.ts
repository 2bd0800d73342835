/** Examples that say more than the schema can: by operation, of the body and of answers by status. */
import type { JsonValue } from '@automateos/shared/model/json';

export type OperationExamples = {
  readonly request?: JsonValue;
  readonly answers?: Readonly<Record<string, JsonValue>>;
};

export const examples: Readonly<Record<string, OperationExamples>> = {
  updateVariable: { request: { value: 'https://alerts.example/orders' } },
  createVariable: { request: { name: 'alertUrl', value: 'https://alerts.example/orders' } },
  startExecution: { request: { input: { orderId: 1042, total: 250 } } },
  forkExecution: { request: { nodeId: 'notify' } },
  decideApproval: { request: { decision: 'approve', comment: 'Checked with the customer' } },
  answerCallback: { request: { delivered: true } },
  sendEvent: { request: { type: 'order.paid', source: 'shop', data: { orderId: 1042 } } },
  createCredential: { request: { name: 'shop', kind: 'http-bearer', data: { token: 'the token, never shown again' } } },
  updateCredential: { request: { data: { token: 'the new token' } } },
  createApiKey: { request: { name: 'deploys', role: 'editor', expiresAt: '2027-11-28T00:00:00.000Z' } },
  validateWorkflow: {
    answers: {
      200: {
        valid: false,
        problems: [
          {
            path: 'nodes[0].params.method',
            code: 'NOT_ALLOWED',
            message: 'This must be one of GET, POST, PUT, PATCH, DELETE, ANY.',
            suggestion: 'POST',
          },
        ],
      },
    },
  },
  diffWorkflowVersions: {
    answers: {
      200: {
        workflowId: 'wf_5d2k8q1m9x7c3v6b4n0zr8tq',
        from: 1,
        to: 2,
        identical: false,
        nodes: {
          added: [],
          removed: [],
          changed: [
            {
              id: 'big',
              type: 'flow.filter',
              layoutOnly: false,
              changes: [
                {
                  path: ['params', 'condition'],
                  kind: 'changed',
                  before: '{{ input.total > 100 }}',
                  after: '{{ input.total > 50 }}',
                },
              ],
            },
          ],
        },
        edges: { added: [], removed: [] },
        settings: [{ path: ['timeoutMs'], kind: 'added', after: 600_000 }],
        fields: [],
      },
    },
  },
};
