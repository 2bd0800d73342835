/** Every REST route, one router per noun. */
import type { Route } from '../http/route.ts';
import { liveEventRoutes } from '../live/event-routes.ts';
import { ticketRoutes } from '../live/ticket-routes.ts';
import { adminRoutes } from './admin.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { approvalRoutes } from './approvals.ts';
import { auditLogRoutes } from './audit-log.ts';
import { authRoutes } from './auth.ts';
import { budgetRoutes } from './budgets.ts';
import { credentialUseRoutes } from './credential-uses.ts';
import { credentialRoutes } from './credentials.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { estimateRoutes } from './estimate.ts';
import { eventRoutes } from './events.ts';
import { executionControlRoutes } from './execution-control.ts';
import { executionRoutes } from './executions.ts';
import { importRoutes } from './imports.ts';
import { memberRoutes } from './members.ts';
import { nodeTypeRoutes } from './node-types.ts';
import { oauthRoutes } from './oauth.ts';
import { organizationRoutes } from './organizations.ts';
import { outgoingWebhookRoutes } from './outgoing-webhooks.ts';
import { passwordRoutes } from './passwords.ts';
import { quotaRoutes } from './quotas.ts';
import type { RestContext } from './rest-context.ts';
import { scheduleRoutes } from './schedules.ts';
import { variableRoutes } from './variables.ts';
import { workflowDraftRoutes } from './workflow-drafts.ts';
import { workflowTestRoutes } from './workflow-tests.ts';
import { workflowTextRoutes } from './workflow-text.ts';
import { workflowUsageRoutes } from './workflow-usage.ts';
import { workflowVersionRoutes } from './workflow-versions.ts';
import { workflowRoutes } from './workflows.ts';

export function restRoutes(context: RestContext): readonly Route[] {
  return [
    ...authRoutes(context),
    ...passwordRoutes(context),
    ...organizationRoutes(context),
    ...memberRoutes(context),
    ...quotaRoutes(context),
    ...auditLogRoutes(context),
    ...apiKeyRoutes(context),
    ...workflowRoutes(context),
    ...workflowVersionRoutes(context),
    ...workflowUsageRoutes(context),
    ...workflowDraftRoutes(context),
    ...workflowTextRoutes(context),
    ...importRoutes(context),
    ...workflowTestRoutes(context),
    ...scheduleRoutes(context),
    ...executionRoutes(context),
    ...executionControlRoutes(context),
    ...liveEventRoutes(context),
    ...ticketRoutes(context),
    ...approvalRoutes(context),
    ...eventRoutes(context),
    ...variableRoutes(context),
    ...credentialRoutes(context),
    ...credentialUseRoutes(context),
    ...oauthRoutes(context),
    ...nodeTypeRoutes(context),
    ...deadLetterRoutes(context),
    ...outgoingWebhookRoutes(context),
    ...adminRoutes(context),
    ...budgetRoutes(context),
    ...estimateRoutes(context),
  ];
}
