/** Workflows, their versions, drafts and tests. */
import { definition, newWorkflow, none, ofWorkflow, type Rows } from '../row.ts';

export const workflowsRows: Rows = {
  createWorkflow: { action: 'workflows.write', body: (_, cell) => definition(cell) },
  listWorkflows: { action: 'workflows.read' },
  getWorkflow: { action: 'workflows.read', params: ofWorkflow },
  updateWorkflow: { action: 'workflows.write', params: newWorkflow, body: (_, cell) => definition(cell, 'updated') },
  deleteWorkflow: { action: 'workflows.write', params: newWorkflow },
  streamWorkflows: { action: 'workflows.read', endless: true },
  listWorkflowVersions: { action: 'workflows.read', params: ofWorkflow },
  getWorkflowVersion: { action: 'workflows.read', params: ({ things }) => ({ id: things.workflowId, version: '1' }) },
  restoreWorkflowVersion: {
    action: 'workflows.write',
    also: ['workflows.read'],
    params: async ({ make }) => ({ id: await make.workflow(), version: '1' }),
  },
  activateWorkflow: { action: 'workflows.write', params: newWorkflow, body: none },
  deactivateWorkflow: { action: 'workflows.write', params: newWorkflow, body: none },
  listWorkflowSchedules: { action: 'workflows.read', params: ofWorkflow },
  getWorkflowDraft: { action: 'workflows.read', params: ofWorkflow, success: [200, 404] }, // each editor's own
  updateWorkflowDraft: { action: 'workflows.write', params: newWorkflow, body: (_, cell) => definition(cell) },
  validateWorkflow: { action: 'workflows.read', body: (_, cell) => definition(cell) },
  exportWorkflows: { action: 'workflows.read' },
  exportWorkflow: { action: 'workflows.read', params: ofWorkflow },
  importWorkflow: { action: 'workflows.write', body: (_, cell) => definition(cell, 'imported') },
  estimateWorkflow: { action: 'workflows.read', params: ofWorkflow, body: none },
  diffWorkflowVersions: {
    action: 'workflows.read',
    params: ({ things }) => ({ id: things.workflowId, version: '1', other: '1' }),
  },
  updateWorkflowVersionNote: {
    action: 'workflows.write',
    also: ['workflows.read'],
    params: ({ things }) => ({ id: things.workflowId, version: '1' }),
    body: (_, cell) => ({ note: `note ${cell}` }),
  },
  deleteWorkflowDraft: { action: 'workflows.write', params: ofWorkflow, success: [204, 404] }, // there may be none
  getWorkflowDraftOf: {
    action: 'workflows.read',
    params: ({ things, owner }) => ({ id: things.workflowId, userId: owner.userId }),
    success: [200, 404], // a cell before has discarded it
  },
  listWorkflowDrafts: { action: 'workflows.read', params: ofWorkflow },
  runWorkflowTests: {
    action: 'executions.start',
    also: ['workflows.read'],
    body: ({ things }) => ({
      workflowId: things.workflowId,
      tests: [{ name: 'runs', input: {}, expect: { status: 'succeeded' } }],
    }),
  },
};
