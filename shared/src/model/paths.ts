/**
 * Where each document lives. Ids under an execution are derived (from scope and node), so that a later step finds any earlier one;
 * executions and workflows have random ids, so no path is sequential.
 */
export const paths = {
  organization: (org: string) => `organizations/${org}`,
  workflows: (org: string) => `organizations/${org}/workflows`,
  workflow: (org: string, workflowId: string) => `organizations/${org}/workflows/${workflowId}`,
  versions: (org: string, workflowId: string) => `organizations/${org}/workflows/${workflowId}/versions`,
  version: (org: string, workflowId: string, version: number) =>
    `organizations/${org}/workflows/${workflowId}/versions/${version}`,
  drafts: (org: string, workflowId: string) => `organizations/${org}/workflows/${workflowId}/drafts`,
  /** Each editor's own. */
  userDraft: (org: string, workflowId: string, userId: string) => `organizations/${org}/workflows/${workflowId}/drafts/${userId}`,
  /** Of releases that had one draft for a workflow: still read, no longer written. */
  draft: (org: string, workflowId: string) => `organizations/${org}/workflows/${workflowId}/drafts/current`,
  /** Reserves a name: at most one workflow per organization has it. */
  workflowName: (org: string, digest: string) => `organizations/${org}/workflow-names/${digest}`,
  /** What is left of a deleted workflow: its versions stay for the executions that ran them, until retention. */
  deletedWorkflows: (org: string) => `organizations/${org}/deleted-workflows`,
  deletedWorkflow: (org: string, workflowId: string) => `organizations/${org}/deleted-workflows/${workflowId}`,
  /** Set once the starter workflow has been made: it is not made again, even when somebody has deleted it. */
  starterMark: (org: string) => `organizations/${org}/marks/starter`,
  slots: (org: string, workflowId: string) => `organizations/${org}/workflows/${workflowId}/slots/current`,
  executions: (org: string) => `organizations/${org}/executions`,
  execution: (org: string, executionId: string) => `organizations/${org}/executions/${executionId}`,
  branches: (org: string, executionId: string) => `organizations/${org}/executions/${executionId}/branches`,
  branch: (org: string, executionId: string, branchId: string) =>
    `organizations/${org}/executions/${executionId}/branches/${branchId}`,
  join: (org: string, executionId: string, joinId: string) => `organizations/${org}/executions/${executionId}/joins/${joinId}`,
  wait: (org: string, executionId: string, token: string) => `organizations/${org}/executions/${executionId}/waits/${token}`,
  seed: (org: string, executionId: string, index: number) => `organizations/${org}/executions/${executionId}/seeds/${index}`,
  approvals: (org: string) => `organizations/${org}/approvals`,
  approval: (org: string, approvalId: string) => `organizations/${org}/approvals/${approvalId}`,
  deadLetters: (org: string) => `organizations/${org}/dead-letters`,
  deadLetter: (org: string, id: string) => `organizations/${org}/dead-letters/${id}`,
  /** Messages that belong to no organization that is known. */
  strayLetters: 'installation/current/dead-letters',
  strayLetter: (id: string) => `installation/current/dead-letters/${id}`,
  idempotency: (org: string, key: string) => `organizations/${org}/idempotency/${key}`,
  schedules: (org: string) => `organizations/${org}/schedules`,
  schedule: (org: string, id: string) => `organizations/${org}/schedules/${id}`,
  /** Event and error triggers of active versions, so that an event finds its workflows by one query. */
  triggers: (org: string) => `organizations/${org}/triggers`,
  trigger: (org: string, id: string) => `organizations/${org}/triggers/${id}`,
  variables: (org: string) => `organizations/${org}/variables`,
  variable: (org: string, name: string) => `organizations/${org}/variables/${name}`,
  credentials: (org: string) => `organizations/${org}/credentials`,
  credential: (org: string, id: string) => `organizations/${org}/credentials/${id}`,
  /** Wrapped keys that seal the organization's secrets. */
  dataKeys: (org: string) => `organizations/${org}/data-keys/current`,
  /** An OAuth authorization under way, by the digest of its state. */
  oauthState: (digest: string) => `oauth-states/${digest}`,
  apiKeys: (org: string) => `organizations/${org}/api-keys`,
  apiKey: (org: string, id: string) => `organizations/${org}/api-keys/${id}`,
  /** When a key was last used; beside the key, so that its use changes nothing of it. */
  apiKeyUse: (org: string, id: string) => `organizations/${org}/api-key-uses/${id}`,
  /** Whose the key with this SHA-256 is. */
  apiKeyDigest: (digest: string) => `api-key-digests/${digest}`,
  members: (org: string) => `organizations/${org}/members`,
  invitations: (org: string) => `organizations/${org}/invitations`,
  invitation: (org: string, id: string) => `organizations/${org}/invitations/${id}`,
  /** Where the quotas differ from the installation's. */
  quotaOverrides: (org: string) => `organizations/${org}/quota-overrides/current`,
  /** What is left of an organization until maintenance has removed all that was its. */
  deletedOrganization: (org: string) => `deleted-organizations/${org}`,
  member: (org: string, userId: string) => `organizations/${org}/members/${userId}`,
  budgets: (org: string) => `organizations/${org}/budgets`,
  /** `scope`: a workflow's id, or `organization`. */
  budget: (org: string, scope: string) => `organizations/${org}/budgets/${scope}`,
  /** One document for every tenth of a cent (and ten, and a hundred) that was spent. */
  spend: (org: string) => `organizations/${org}/spend`,
  spendMark: (org: string, id: string) => `organizations/${org}/spend/${id}`,
  /** The organization's few endpoints of outgoing webhooks, in one document: events ask for it once a minute. */
  webhookEndpoints: (org: string) => `organizations/${org}/webhook-endpoints/current`,
  webhookDeliveries: (org: string) => `organizations/${org}/webhook-deliveries`,
  webhookDelivery: (org: string, id: string) => `organizations/${org}/webhook-deliveries/${id}`,
  auditLog: (org: string) => `organizations/${org}/audit-log`,
  auditEntry: (org: string, id: string) => `organizations/${org}/audit-log/${id}`,
  /** Which organization is the default one, and who owns it. */
  installation: 'installation/current',
  signInAttempts: (digest: string) => `sign-in-attempts/${digest}`,
  user: (userId: string) => `users/${userId}`,
  /** Where somebody is a member: mirrors of `organizations/{org}/members/{userId}`. */
  memberships: (userId: string) => `users/${userId}/memberships`,
  /** Sessions that we keep ourselves: not those of Firebase. */
  sessions: (userId: string) => `users/${userId}/sign-in-sessions`,
  session: (userId: string, id: string) => `users/${userId}/sign-in-sessions/${id}`,
  /** What somebody changed of their own account. */
  accountLog: (userId: string) => `users/${userId}/audit-log`,
  accountEntry: (userId: string, id: string) => `users/${userId}/audit-log/${id}`,
  /** Links that were sent to people: by the digest of their secret. */
  accountLink: (digest: string) => `account-links/${digest}`,
  membership: (userId: string, org: string) => `users/${userId}/memberships/${org}`,
  /** By the SHA-256 of the ticket. */
  liveTicket: (digest: string) => `live-tickets/${digest}`,
  /** webhook lookups come with a workflow id only: this says whose it is. */
  workflowOwner: (workflowId: string) => `workflow-owners/${workflowId}`,
  executionBlobs: (org: string, executionId: string) => `${org}/${executionId}/`,
} as const;
