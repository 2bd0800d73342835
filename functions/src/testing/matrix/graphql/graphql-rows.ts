/** A row for each field of the schema's roots. A field without one fails the matrix. */

import { password } from '../callers.ts';
import { somebody } from '../rows/account-rows.ts';
import { memberOnTheirWay, ownerOfAnother } from '../rows/organization-rows.ts';
import type { Tenant } from '../tenant.ts';
import { type GraphqlRows, text } from './graphql-row.ts';

const id = (of: (tenant: Tenant) => string) => (tenant: Tenant) => `(id: ${text(of(tenant))})`;
const made = (make: (tenant: Tenant) => Promise<string>) => async (tenant: Tenant) => `(id: ${text(await make(tenant))})`;
const workflow = made(({ make }) => make.workflow());
const waiting = made(async ({ make }) => (await make.waiting()).executionId);
const failed = made(async ({ make }) => (await make.failed()).executionId);
const letter = made(async ({ make }) => (await make.failed()).letterId);
/** The answer shows the execution. */
const shown = ['executions.read'] as const;
const definition = (name: string) => `{ name: ${text(name)}, nodes: [{ id: "start", type: "trigger.manual" }] }`;

export const queryRows: GraphqlRows = {
  node: { action: 'workflows.read', args: id(({ things }) => things.workflowId), names: true },
  nodes: { action: 'workflows.read', args: ({ things }) => `(ids: [${text(things.workflowId)}])`, names: true },
  viewer: { action: 'signed-in' },
  workflow: { action: 'workflows.read', args: id(({ things }) => things.workflowId), names: true },
  workflows: { action: 'workflows.read' },
  validateDefinition: { action: 'workflows.read', args: () => `(definition: ${definition('checked')})` },
  execution: { action: 'executions.read', args: id(({ things }) => things.executionId), names: true },
  executions: { action: 'executions.read', args: ({ things }) => `(workflowId: ${text(things.workflowId)})` },
  approval: { action: 'approvals.read', args: id(({ things }) => things.approvalId), names: true },
  approvals: { action: 'approvals.read' },
  deadLetter: { action: 'dead-letters.read', also: shown, args: id(({ things }) => things.letterId), names: true },
  deadLetters: { action: 'dead-letters.read', args: ({ things }) => `(filter: { workflowId: ${text(things.workflowId)} })` },
  credential: { action: 'credentials.read', args: id(({ things }) => things.credentialId), names: true },
  credentials: { action: 'credentials.read' },
  variable: { action: 'variables.read', args: ({ things }) => `(name: ${text(things.variable)})`, names: true },
  variables: { action: 'variables.read' },
  nodeTypes: { action: 'signed-in' },
  nodeType: { action: 'signed-in', args: () => '(type: "data.set")' },
  budget: { action: 'usage.read' },
  usage: { action: 'usage.read' },
  auditLog: { action: 'audit-log.read' },
  apiKey: { action: 'api-keys.manage', args: id(({ things }) => things.apiKeyId), names: true },
  apiKeys: { action: 'api-keys.manage' },
  credentialTypes: { action: 'signed-in' },
  invitations: { action: 'invitations.manage' },
  member: { action: 'members.read', args: ({ owner }) => `(userId: ${text(owner.userId)})`, names: true },
  members: { action: 'members.read' },
  organization: { action: 'members.read' },
  webhookEndpoint: { action: 'webhooks.read', args: id(({ things }) => things.endpointId), names: true },
  webhookEndpoints: { action: 'webhooks.read' },
  webhookDelivery: { action: 'webhooks.read', args: id(({ things }) => things.deliveryId), names: true },
  exportWorkflows: { action: 'workflows.read', args: ({ things }) => `(ids: [${text(things.workflowId)}])`, names: true },
  executionTest: { action: 'executions.read', args: id(({ things }) => things.executionId), names: true },
  sessions: { action: 'account' },
  accountActivity: { action: 'account' },
  memberships: { action: 'account' },
  organizationQuotas: { action: 'installation.own', installation: true, args: ({ org }) => `(organizationId: ${text(org)})` },
  adminStatus: { action: 'admin.operate', installation: true },
  adminStorage: { action: 'admin.operate', installation: true },
};

export const mutationRows: GraphqlRows = {
  createWorkflow: {
    action: 'workflows.write',
    args: (_, cell) => `(input: { definition: ${definition(`by graphql ${cell}`)} })`,
  },
  updateWorkflow: {
    action: 'workflows.write',
    args: async ({ make }, cell) =>
      `(id: ${text(await make.workflow())}, input: { definition: ${definition(`changed ${cell}`)} })`,
    names: true,
  },
  deleteWorkflow: { action: 'workflows.write', args: workflow, names: true },
  activateWorkflow: { action: 'workflows.write', args: workflow, names: true },
  deactivateWorkflow: { action: 'workflows.write', args: workflow, names: true },
  restoreVersion: {
    action: 'workflows.write',
    also: ['workflows.read'],
    args: async ({ make }) => `(id: ${text(await make.workflow())}, version: 1)`,
    names: true,
  },
  importWorkflow: { action: 'workflows.write', args: (_, cell) => `(input: { definition: ${definition(`imported ${cell}`)} })` },
  saveDraft: {
    action: 'workflows.write',
    args: async ({ make }) => `(workflowId: ${text(await make.workflow())}, definition: ${definition('draft')})`,
    names: true,
  },
  startExecution: {
    action: 'executions.start',
    also: shown,
    args: ({ things }) => `(workflowId: ${text(things.workflowId)}, input: {})`,
    names: true,
  },
  cancelExecution: { action: 'executions.control', also: shown, args: waiting, names: true },
  pauseExecution: { action: 'executions.control', also: shown, args: waiting, names: true },
  resumeExecution: { action: 'executions.control', also: shown, args: waiting, names: true, success: ['CONFLICT'] }, // it is not paused
  retryExecution: { action: 'executions.control', also: shown, args: failed, names: true },
  forkExecution: {
    action: 'executions.control',
    also: shown,
    args: ({ things }) => `(id: ${text(things.executionId)}, input: { nodeId: "set" })`,
    names: true,
  },
  decideApproval: {
    action: 'approvals.decide',
    also: ['approvals.read'],
    args: async ({ make }) => `(id: ${text((await make.waiting()).approvalId)}, input: { decision: APPROVE })`,
    names: true,
  },
  sendEvent: { action: 'events.send', args: () => '(input: { type: "matrix.asked", source: "matrix" })' },
  createVariable: { action: 'variables.write', args: (_, cell) => `(name: "by_graphql_${cell}", value: 1)` },
  updateVariable: {
    action: 'variables.write',
    args: async ({ make }) => `(name: ${text(await make.variable())}, value: 2)`,
    names: true,
  },
  deleteVariable: { action: 'variables.write', args: async ({ make }) => `(name: ${text(await make.variable())})`, names: true },
  createCredential: {
    action: 'credentials.write',
    args: (_, cell) => `(input: { name: "by graphql ${cell}", kind: "http-bearer", data: [{ name: "token", value: "t" }] })`,
  },
  updateCredential: {
    action: 'credentials.write',
    args: async ({ make }, cell) => `(id: ${text(await make.credential())}, input: { name: "renamed ${cell}" })`,
    names: true,
  },
  deleteCredential: { action: 'credentials.write', args: made(({ make }) => make.credential()), names: true },
  redriveDeadLetter: { action: 'dead-letters.redrive', args: letter, names: true },
  discardDeadLetter: { action: 'dead-letters.discard', args: letter, names: true },
  setBudget: { action: 'budgets.write', args: () => '(input: { monthlyMicroUsd: 5000000000, onExceeded: WARN })' },
  deleteBudget: { action: 'budgets.write', success: ['NOT_FOUND'] }, // the cell before has deleted it
  createApiKey: { action: 'api-keys.manage', args: (_, cell) => `(input: { name: "by graphql ${cell}", role: VIEWER })` },
  revokeApiKey: { action: 'api-keys.manage', args: made(({ make }) => make.apiKey()), names: true },
};

const endpoint = id(({ things }) => things.endpointId);
const receiver = 'url: "https://receiver.example/hook", events: ["execution.failed"]';

export const organizationRows: GraphqlRows = {
  renameOrganization: { action: 'organizations.manage', args: (_, cell) => `(name: "renamed ${cell}")` },
  changeMemberRole: {
    action: 'members.manage',
    args: async ({ make }) => `(userId: ${text(await make.member())}, role: OPERATOR)`,
    names: true,
  },
  removeMember: { action: 'members.manage', args: async ({ make }) => `(userId: ${text(await make.member())})`, names: true },
  inviteMember: { action: 'invitations.manage', args: (_, cell) => `(email: "guest${cell}@example.test", role: VIEWER)` },
  revokeInvitation: { action: 'invitations.manage', args: made(({ make }) => make.invitation()), names: true },
  createWebhookEndpoint: { action: 'webhooks.manage', args: () => `(input: { ${receiver} })`, success: ['QUOTA_REACHED'] }, // ten at most
  updateWebhookEndpoint: {
    action: 'webhooks.manage',
    args: ({ things }, cell) => `(id: ${text(things.endpointId)}, input: { description: "changed ${cell}" })`,
    names: true,
  },
  deleteWebhookEndpoint: {
    action: 'webhooks.manage',
    args: id(({ things }) => things.spareEndpointId),
    names: true,
    success: ['NOT_FOUND'], // the cell before has deleted it
  },
  rotateWebhookSecret: { action: 'webhooks.manage', args: endpoint, names: true },
  testWebhookEndpoint: { action: 'webhooks.manage', args: endpoint, names: true },
  replayWebhookDelivery: {
    action: 'webhooks.manage',
    args: id(({ things }) => things.deliveryId),
    names: true,
    success: ['CONFLICT'], // it may still be on its way
  },
  replayWebhookDeliveries: {
    action: 'webhooks.manage',
    args: ({ things }) => `(endpointId: ${text(things.endpointId)})`,
    names: true,
  },
  discardDraft: {
    action: 'workflows.write',
    args: ({ things }) => `(workflowId: ${text(things.workflowId)})`,
    names: true,
    success: ['NOT_FOUND'], // there may be none
  },
  noteVersion: {
    action: 'workflows.write',
    also: ['workflows.read'],
    args: ({ things }, cell) => `(id: ${text(things.workflowId)}, version: 1, note: "note ${cell}")`,
    names: true,
  },
  testCredential: {
    action: 'credentials.write',
    args: id(({ things }) => things.credentialId),
    names: true,
    success: ['INVALID_PARAMS'], // its kind has no address to be tried at
  },
  testUnsavedCredential: {
    action: 'credentials.write',
    args: () => '(input: { kind: "http-bearer", data: [{ name: "token", value: "t" }] })',
    success: ['INVALID_PARAMS'], // its kind has no address to be tried at
  },
};

export const accountRows: GraphqlRows = {
  endSession: { action: 'account', args: () => '(id: "ses_0")', success: ['NOT_FOUND'] }, // not theirs: found by its own person only
  endSessions: { action: 'account', throwaway: somebody },
  changePassword: {
    action: 'account',
    throwaway: somebody,
    args: () => `(current: ${text(password)}, next: "another good password")`,
  },
  createOrganization: { action: 'account', throwaway: memberOnTheirWay, args: (_, cell) => `(name: "made ${cell}")` },
  leaveOrganization: { action: 'account', throwaway: memberOnTheirWay, args: id(({ org }) => org) },
  deleteOrganization: { action: 'organizations.delete', throwaway: ownerOfAnother, args: id(({ org }) => org) },
  acceptInvitation: {
    action: 'account',
    args: () => '(token: "no-such-invitation")',
    success: ['LINK_INVALID', 'RATE_LIMITED'], // no such link
  },
};

export const installationRows: GraphqlRows = {
  changeQuotas: {
    action: 'installation.own',
    installation: true,
    args: ({ org }) => `(organizationId: ${text(org)}, limits: { members: null })`,
  },
  pruneStorage: { action: 'admin.operate', installation: true, args: () => '(dryRun: true)' },
  createPasswordResetLink: {
    action: 'installation.own',
    installation: true,
    args: ({ owner }) => `(email: ${text(owner.email)})`,
  },
  rotateKeys: { action: 'keys.rotate', args: () => '(renew: false)' },
};

export const workRows: GraphqlRows = {
  authorizeCredential: {
    action: 'credentials.write',
    args: id(({ things }) => things.credentialId),
    names: true,
    success: ['CONFLICT', 'INVALID_PARAMS'], // a bearer token needs nobody's consent
  },
  runWorkflowTests: {
    action: 'executions.start',
    also: ['workflows.read'],
    args: ({ things }) =>
      `(input: { workflowId: ${text(things.workflowId)}, tests: [{ name: "runs", input: {}, expect: { status: "succeeded" } }] })`,
    names: true,
  },
};

export const subscriptionRows: GraphqlRows = {
  executionEvents: {
    action: 'executions.read',
    args: ({ things }) => `(executionId: ${text(things.executionId)})`,
    names: true,
  },
  executionList: { action: 'executions.read' },
  approvals: { action: 'approvals.read' },
  workflowUpdated: { action: 'workflows.read' },
};

/** Many at once answer for each: what one may not, none of them does. */
const many = (ids: (tenant: Tenant) => string) => (tenant: Tenant) => `(ids: [${text(ids(tenant))}])`;

export const batchRows: GraphqlRows = {
  activateWorkflows: { action: 'workflows.write', args: many(({ things }) => things.workflowId), names: true },
  deactivateWorkflows: { action: 'workflows.write', args: many(({ things }) => things.workflowId), names: true },
  cancelExecutions: {
    action: 'executions.control',
    also: shown,
    args: many(({ things }) => things.executionId),
    names: true,
    success: ['CONFLICT'],
  }, // it is over
  retryExecutions: {
    action: 'executions.control',
    also: shown,
    args: many(({ things }) => things.failedId),
    names: true,
    success: ['NOT_RETRYABLE_NOW'],
  }, // the cell before has retried it
  redriveDeadLetters: {
    action: 'dead-letters.redrive',
    args: many(({ things }) => things.letterId),
    names: true,
    success: ['DEAD_LETTER_CLOSED'],
  }, // the cell before has closed it
  discardDeadLetters: {
    action: 'dead-letters.discard',
    args: many(({ things }) => things.letterId),
    names: true,
    success: ['DEAD_LETTER_CLOSED'],
  }, // the cell before has closed it
};
