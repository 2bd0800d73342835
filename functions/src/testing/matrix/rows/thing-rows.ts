/** Variables, credentials, node types, budgets and what was done. */
import { newWorkflow, ofWorkflow, type Rows } from '../row.ts';

const budget = () => ({ monthlyMicroUsd: 5_000_000_000, onExceeded: 'warn' });

export const thingRows: Rows = {
  createVariable: { action: 'variables.write', body: (_, cell) => ({ name: `made_${cell}`, value: 1 }) },
  listVariables: { action: 'variables.read' },
  getVariable: { action: 'variables.read', params: ({ things }) => ({ name: things.variable }) },
  updateVariable: {
    action: 'variables.write',
    params: async ({ make }) => ({ name: await make.variable() }),
    body: () => ({ value: 2 }),
  },
  deleteVariable: { action: 'variables.write', params: async ({ make }) => ({ name: await make.variable() }) },
  createCredential: {
    action: 'credentials.write',
    body: (_, cell) => ({ name: `made ${cell}`, kind: 'http-bearer', data: { token: 't' } }),
  },
  listCredentials: { action: 'credentials.read' },
  getCredential: { action: 'credentials.read', params: ({ things }) => ({ id: things.credentialId }) },
  updateCredential: {
    action: 'credentials.write',
    params: async ({ make }) => ({ id: await make.credential() }),
    body: (_, cell) => ({ name: `renamed ${cell}` }),
  },
  authorizeCredential: {
    action: 'credentials.write',
    params: ({ things }) => ({ id: things.credentialId }),
    success: [409, 422],
  }, // a bearer token needs nobody's consent
  finishOauth: { action: 'public', query: 'state=no-such-state', success: [400] }, // nobody was sent there
  listCredentialTypes: { action: 'signed-in' },
  testCredentials: {
    action: 'credentials.write',
    body: () => ({ kind: 'http-bearer', data: { token: 'abcdef' } }),
    success: [422],
  }, // nothing to try it with
  testCredential: {
    action: 'credentials.write',
    params: ({ things }) => ({ id: things.credentialId }),
    success: [422],
  },
  getCredentialUsedBy: { action: 'credentials.read', params: ({ things }) => ({ id: things.credentialId }) },
  rotateKeys: { action: 'keys.rotate', body: () => ({ renew: false }) },
  deleteCredential: { action: 'credentials.write', params: async ({ make }) => ({ id: await make.credential() }) },
  listNodeTypes: { action: 'signed-in' },
  getNodeType: { action: 'signed-in', params: () => ({ type: 'data.set' }), shared: true },
  getWorkflowUsage: { action: 'usage.read', params: ofWorkflow },
  getUsage: { action: 'usage.read' },
  getBudget: { action: 'usage.read' },
  updateBudget: { action: 'budgets.write', body: budget },
  deleteBudget: { action: 'budgets.write', success: [204, 404] }, // the cell before has deleted it
  getWorkflowBudget: { action: 'usage.read', params: ofWorkflow },
  updateWorkflowBudget: { action: 'budgets.write', params: ofWorkflow, body: budget },
  deleteWorkflowBudget: { action: 'budgets.write', params: newWorkflow, success: [204, 404] }, // it has none
  listAuditLog: { action: 'audit-log.read' },
};
