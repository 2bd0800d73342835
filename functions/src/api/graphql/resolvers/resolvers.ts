/** All resolvers, by type of the SDL. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Resolvers } from '../generated/resolver-types.ts';
import { isRefused, refusalType } from '../refusal.ts';
import { refusedFields } from '../refused-fields.ts';
import { dateTimeScalar, jsonScalar, longScalar } from '../scalars.ts';
import { accountMutations, accountQueries } from './account.ts';
import { adminMutations, adminQueries } from './admin.ts';
import { apiKeyFields, apiKeyMutations, apiKeyQueries } from './api-key.ts';
import { approvalFields, approvalMutations, approvalQueries } from './approval.ts';
import { auditFields, auditQueries } from './audit.ts';
import { costMutations, costQueries, estimateFields, executionCostFields, runCountsFields, usageCountsFields } from './cost.ts';
import { credentialFields, credentialMutations, credentialQueries, credentialUseFields } from './credential.ts';
import { deadLetterFields, deadLetterMutations, deadLetterQueries, redrivenFields } from './dead-letter.ts';
import { eventMutations, sentEventFields } from './event.ts';
import { executionFields, executionQueries, originFields, stepFields } from './execution.ts';
import { executionMutations } from './execution-mutations.ts';
import { executionEventBody, executionEventFields, subscriptions } from './live.ts';
import { nodeTypeQueries } from './node-type.ts';
import { organizationFields, organizationMutations, organizationQueries } from './organization.ts';
import { nodeTypeOf, rootQueries, viewerFields } from './root.ts';
import { variableMutations, variableQueries } from './variable.ts';
import { draftFields, versionFields } from './version.ts';
import { webhookDeliveryFields, webhookEndpointFields, webhookMutations, webhookQueries } from './webhook-endpoint.ts';
import { workflowFields, workflowQueries } from './workflow.ts';
import { workflowMutations } from './workflow-mutations.ts';
import { workflowTestMutations, workflowTestQueries, workflowTestReportFields } from './workflow-test.ts';

/** Which type a mutation's answer is of: what it makes, or how it was refused. */
function result<T extends string>(made: T) {
  return {
    __resolveType: (value: object) => {
      if (!isRefused(value)) return made;
      const type = refusalType(value.refused);
      if (type === null) throw new AppError('INTERNAL');
      return type;
    },
  };
}

export const resolvers: Resolvers = {
  JSON: jsonScalar,
  DateTime: dateTimeScalar,
  Long: longScalar,
  Query: {
    ...{ ...rootQueries, ...workflowQueries, ...executionQueries, ...approvalQueries, ...variableQueries },
    ...{ ...credentialQueries, ...apiKeyQueries, ...deadLetterQueries, ...auditQueries, ...costQueries, ...nodeTypeQueries },
    ...{ ...organizationQueries, ...webhookQueries, ...accountQueries, ...adminQueries, ...workflowTestQueries },
  },
  Mutation: {
    ...{ ...workflowMutations, ...executionMutations, ...approvalMutations, ...variableMutations },
    ...{ ...credentialMutations, ...apiKeyMutations, ...deadLetterMutations, ...costMutations, ...eventMutations },
    ...{ ...organizationMutations, ...webhookMutations, ...accountMutations, ...adminMutations, ...workflowTestMutations },
  },
  Subscription: subscriptions,
  Node: { __resolveType: nodeTypeOf },
  ...refusedFields,
  Viewer: viewerFields,
  Workflow: workflowFields,
  WorkflowVersion: versionFields,
  WorkflowDraft: draftFields,
  Execution: executionFields,
  ForkOrigin: originFields,
  CallOrigin: originFields,
  Step: stepFields,
  Approval: approvalFields,
  ApiKey: apiKeyFields,
  AuditEntry: auditFields,
  Credential: credentialFields,
  DeadLetter: deadLetterFields,
  CredentialUse: credentialUseFields,
  Organization: organizationFields,
  WebhookEndpoint: webhookEndpointFields,
  WebhookDelivery: webhookDeliveryFields,
  Redriven: redrivenFields,
  SentEvent: sentEventFields,
  ExecutionCost: executionCostFields,
  ExecutionPlanCost: executionCostFields,
  UsageCounts: usageCountsFields,
  RunCounts: runCountsFields,
  WorkflowTestReport: workflowTestReportFields,
  Estimate: estimateFields,
  ExecutionEvent: executionEventFields,
  ExecutionEventBody: executionEventBody,
  WorkflowResult: result('Workflow'),
  ImportWorkflowResult: result('ImportedWorkflow'),
  DraftResult: result('WorkflowDraft'),
  ExecutionResult: result('Execution'),
  BudgetResult: result('BudgetState'),
  ApprovalResult: result('Approval'),
  CredentialResult: result('Credential'),
  VariableResult: result('Variable'),
  NewApiKeyResult: result('NewApiKey'),
  RedriveResult: result('Redriven'),
  DeadLetterResult: result('DeadLetter'),
  HandledResult: result('Handled'),
  SendEventResult: result('SentEvent'),
  WorkflowVersionResult: result('WorkflowVersion'),
  CredentialVerdictResult: result('CredentialVerdict'),
  OrganizationResult: result('Organization'),
  MemberResult: result('Member'),
  NewInvitationResult: result('NewInvitation'),
  WebhookEndpointResult: result('WebhookEndpoint'),
  WebhookEndpointWithSecretResult: result('WebhookEndpointWithSecret'),
  WebhookDeliveryResult: result('WebhookDelivery'),
  ReplayResult: result('Replay'),
  DeleteResult: result('Deleted'),
  NewSessionResult: result('NewSession'),
  MembershipResult: result('Membership'),
  OrganizationQuotasResult: result('OrganizationQuotas'),
  AuthorizationResult: result('Authorization'),
  PruneResult: result('Pruned'),
  PasswordResetLinkResult: result('PasswordResetLink'),
  KeyRotationResult: result('KeyRotation'),
  WorkflowTestReportResult: result('WorkflowTestReport'),
};
