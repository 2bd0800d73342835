/**
 * Where GraphQL has what REST has: each operation of the OpenAPI document with the fields that do its work (`Query.x`, `Mutation.x`,
 * `Subscription.x`, `Type.x`), or the reason why it is REST's alone. rest-parity.test.ts holds both documents against it, so that nobody
 * adds to one without deciding about the other.
 */

export type Parity = { readonly fields: readonly string[] } | { readonly restOnly: string };

const at = (...fields: readonly string[]): Parity => ({ fields });
const restOnly = (reason: string): Parity => ({ restOnly: reason });

const unknownCaller = restOnly('Whoever asks has no token yet, and every request of GraphQL comes with one.');
const anyoneWithLink = restOnly('The secret of the link is all that who follows it has: no token, no organization.');

const accounts = {
  register: unknownCaller,
  login: unknownCaller,
  requestPasswordReset: unknownCaller,
  resetPassword: anyoneWithLink,
  verifyEmail: anyoneWithLink,
  previewInvitation: anyoneWithLink,
  requestEmailVerification: restOnly('A step of making an account, which is REST from its first to its last.'),
  getMe: at('Query.viewer', 'Query.organization', 'Query.memberships'),
  logout: at('Mutation.endSession'),
  listSessions: at('Query.sessions'),
  endSession: at('Mutation.endSession'),
  endSessions: at('Mutation.endSessions'),
  listAccountActivity: at('Query.accountActivity'),
  changePassword: at('Mutation.changePassword'),
  createPasswordResetLink: at('Mutation.createPasswordResetLink'),
};

const organizations = {
  createOrganization: at('Mutation.createOrganization'),
  listOrganizations: at('Query.memberships'),
  leaveOrganization: at('Mutation.leaveOrganization'),
  getOrganization: at('Query.organization'),
  changeOrganization: at('Mutation.renameOrganization'),
  deleteOrganization: at('Mutation.deleteOrganization'),
  listMembers: at('Query.members'),
  getMember: at('Query.member'),
  changeMember: at('Mutation.changeMemberRole'),
  deleteMember: at('Mutation.removeMember'),
  createInvitation: at('Mutation.inviteMember'),
  listInvitations: at('Query.invitations'),
  deleteInvitation: at('Mutation.revokeInvitation'),
  acceptInvitation: at('Mutation.acceptInvitation'),
  getQuotas: at('Organization.quotas'),
  getOrganizationQuotas: at('Query.organizationQuotas'),
  changeQuotas: at('Mutation.changeQuotas'),
  listAuditLog: at('Query.auditLog'),
  createApiKey: at('Mutation.createApiKey'),
  listApiKeys: at('Query.apiKeys'),
  getApiKey: at('Query.apiKey'),
  deleteApiKey: at('Mutation.revokeApiKey'),
};

const workflows = {
  createWorkflow: at('Mutation.createWorkflow'),
  listWorkflows: at('Query.workflows'),
  getWorkflow: at('Query.workflow'),
  updateWorkflow: at('Mutation.updateWorkflow'),
  deleteWorkflow: at('Mutation.deleteWorkflow'),
  listWorkflowVersions: at('Workflow.versions'),
  getWorkflowVersion: at('Workflow.version'),
  diffWorkflowVersions: at('Workflow.diff'),
  updateWorkflowVersionNote: at('Mutation.noteVersion'),
  restoreWorkflowVersion: at('Mutation.restoreVersion'),
  activateWorkflow: at('Mutation.activateWorkflow', 'Mutation.activateWorkflows'),
  deactivateWorkflow: at('Mutation.deactivateWorkflow', 'Mutation.deactivateWorkflows'),
  listWorkflowSchedules: at('Workflow.schedules'),
  getWorkflowUsage: at('Workflow.usage'),
  getWorkflowDraft: at('Workflow.draft'),
  updateWorkflowDraft: at('Mutation.saveDraft'),
  deleteWorkflowDraft: at('Mutation.discardDraft'),
  listWorkflowDrafts: at('Workflow.drafts'),
  getWorkflowDraftOf: at('Workflow.draft'),
  validateWorkflow: at('Query.validateDefinition'),
  exportWorkflow: at('Workflow.export'),
  exportWorkflows: at('Query.exportWorkflows'),
  importWorkflow: at('Mutation.importWorkflow'),
  runWorkflowTests: at('Mutation.runWorkflowTests'),
  streamWorkflows: at('Subscription.workflowUpdated'),
};

const executions = {
  startExecution: at('Mutation.startExecution'),
  listExecutions: at('Query.executions', 'Workflow.executions'),
  getExecution: at('Query.execution'),
  listExecutionSteps: at('Execution.steps'),
  listExecutionLogs: at('Execution.logs'),
  cancelExecution: at('Mutation.cancelExecution', 'Mutation.cancelExecutions'),
  pauseExecution: at('Mutation.pauseExecution'),
  resumeExecution: at('Mutation.resumeExecution'),
  retryExecution: at('Mutation.retryExecution', 'Mutation.retryExecutions'),
  forkExecution: at('Mutation.forkExecution'),
  getExecutionTest: at('Query.executionTest'),
  streamExecutionEvents: at('Subscription.executionEvents'),
  streamExecutions: at('Subscription.executionList'),
  createLiveTicket: restOnly('It opens /v1/live and event streams of REST; subscriptions are opened with the token itself.'),
  listApprovals: at('Query.approvals'),
  getApproval: at('Query.approval'),
  decideApproval: at('Mutation.decideApproval'),
  streamApprovals: at('Subscription.approvals'),
  answerCallback: restOnly('An address that another system is given: its token is all that it has.'),
  sendEvent: at('Mutation.sendEvent'),
  listDeadLetters: at('Query.deadLetters'),
  getDeadLetter: at('Query.deadLetter'),
  redriveDeadLetter: at('Mutation.redriveDeadLetter'),
  discardDeadLetter: at('Mutation.discardDeadLetter'),
  redriveDeadLetters: at('Mutation.redriveDeadLetters'),
  discardDeadLetters: at('Mutation.discardDeadLetters'),
};

const things = {
  createVariable: at('Mutation.createVariable'),
  listVariables: at('Query.variables'),
  getVariable: at('Query.variable'),
  updateVariable: at('Mutation.updateVariable'),
  deleteVariable: at('Mutation.deleteVariable'),
  createCredential: at('Mutation.createCredential'),
  listCredentials: at('Query.credentials'),
  getCredential: at('Query.credential'),
  updateCredential: at('Mutation.updateCredential'),
  deleteCredential: at('Mutation.deleteCredential'),
  listCredentialTypes: at('Query.credentialTypes'),
  testCredentials: at('Mutation.testUnsavedCredential'),
  testCredential: at('Mutation.testCredential'),
  getCredentialUsedBy: at('Credential.usedBy'),
  authorizeCredential: at('Mutation.authorizeCredential'),
  finishOauth: restOnly('Where an authorization server sends a browser back to: its answer is a page.'),
  listNodeTypes: at('Query.nodeTypes'),
  getNodeType: at('Query.nodeType'),
  createWebhookEndpoint: at('Mutation.createWebhookEndpoint'),
  listWebhookEndpoints: at('Query.webhookEndpoints'),
  getWebhookEndpoint: at('Query.webhookEndpoint'),
  changeWebhookEndpoint: at('Mutation.updateWebhookEndpoint'),
  deleteWebhookEndpoint: at('Mutation.deleteWebhookEndpoint'),
  rotateWebhookSecret: at('Mutation.rotateWebhookSecret'),
  testWebhookEndpoint: at('Mutation.testWebhookEndpoint'),
  listWebhookEndpointDeliveries: at('WebhookEndpoint.deliveries'),
  replayWebhookDeliveries: at('Mutation.replayWebhookDeliveries'),
  getWebhookDelivery: at('Query.webhookDelivery'),
  replayWebhookDelivery: at('Mutation.replayWebhookDelivery'),
};

const administration = {
  rotateKeys: at('Mutation.rotateKeys'),
  getAdminStatus: at('Query.adminStatus'),
  getAdminStorage: at('Query.adminStorage'),
  pruneStorage: at('Mutation.pruneStorage'),
  backUp: restOnly('Its answer may be the copy of everything, as bytes.'),
  getUsage: at('Query.usage'),
  getBudget: at('Query.budget'),
  updateBudget: at('Mutation.setBudget'),
  deleteBudget: at('Mutation.deleteBudget'),
  getWorkflowBudget: at('Workflow.budget'),
  updateWorkflowBudget: at('Mutation.setBudget'),
  deleteWorkflowBudget: at('Mutation.deleteBudget'),
  estimateWorkflow: at('Workflow.estimate'),
};

/** By operationId. */
export const restParity: Readonly<Record<string, Parity>> = {
  ...{ ...accounts, ...organizations, ...workflows },
  ...{ ...executions, ...things, ...administration },
};

/** Fields of the schema's roots that no operation stands behind. */
export const graphqlOnly: readonly string[] = ['Query.node', 'Query.nodes'];
