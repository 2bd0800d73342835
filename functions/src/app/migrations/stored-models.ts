/**
 * Which model a stored document must parse with, told from its path: P5, newer code reads what every earlier release has stored. A document
 * that is no collection of ours (added by somebody else) has none.
 */
import {
  AccountLink,
  ApiKey,
  Invitation,
  Member,
  Membership,
  Organization,
  SignInSession,
  User,
} from '@automateos/shared/model/account';
import { Branch } from '@automateos/shared/model/branch';
import { Budget } from '@automateos/shared/model/budget';
import { DataKeys } from '@automateos/shared/model/data-keys';
import { DeadLetter } from '@automateos/shared/model/dead-letter';
import { Definition } from '@automateos/shared/model/definition';
import { Execution } from '@automateos/shared/model/execution';
import { Join, Loop } from '@automateos/shared/model/join';
import { WebhookDelivery, WebhookEndpoints } from '@automateos/shared/model/outgoing-webhook';
import { QuotaOverrides } from '@automateos/shared/model/quota';
import { Schedule } from '@automateos/shared/model/schedule';
import { Approval, CallbackWait } from '@automateos/shared/model/wait';
import { LiveTrigger, Workflow, WorkflowDraft, WorkflowVersion } from '@automateos/shared/model/workflow';
import { z } from 'zod';
import { AuditEntry } from '../audit/audit-entry.ts';
import { Attempts } from '../auth/sign-in-throttle.ts';
import { Credential } from '../credentials/credential.ts';
import { OAuthState } from '../credentials/grants/authorize-credential.ts';
import { Seeds } from '../engine/run-branch.ts';
import { Kept } from '../idempotency/run-once.ts';
import { LiveTicket } from '../live/ticket.ts';
import { Variable } from '../variables/variables.ts';
import { MigrationRecord } from './migration-record.ts';

const Installation = z.object({ org: z.string(), ownerId: z.string(), ownerEmail: z.string(), createdAt: z.string() });
/** A step of a tenth of a cent (app/cost/spend.ts). */
const SpendMark = z.object({ day: z.string(), month: z.string(), flow: z.string(), expiresAt: z.string() });
const DeletedOrganization = z.object({ org: z.string(), deletedAt: z.string(), deletedBy: z.string() });
/** One start per key of a caller (start-execution.ts). */
const StartRecord = z.object({ kind: z.literal('start'), digest: z.string(), executionId: z.string(), expiresAt: z.string() });

/** By collection group. */
const models: Readonly<Record<string, z.ZodType>> = {
  installation: z.union([Installation, MigrationRecord]),
  organizations: Organization,
  users: User,
  members: Member,
  memberships: Membership,
  invitations: Invitation,
  'sign-in-sessions': SignInSession,
  'account-links': AccountLink,
  'quota-overrides': QuotaOverrides,
  'deleted-organizations': DeletedOrganization,
  'api-keys': ApiKey,
  'api-key-uses': z.object({ lastUsedAt: z.string() }),
  'api-key-digests': z.object({ org: z.string(), id: z.string() }),
  'sign-in-attempts': Attempts,
  workflows: Workflow,
  versions: WorkflowVersion,
  drafts: WorkflowDraft,
  slots: z.object({ running: z.int() }),
  'deleted-workflows': Workflow,
  'workflow-owners': z.object({ org: z.string() }),
  'workflow-names': z.object({ workflowId: z.string() }),
  triggers: LiveTrigger,
  schedules: Schedule,
  executions: Execution,
  branches: Branch,
  joins: z.union([Join, Loop]),
  waits: CallbackWait,
  seeds: Seeds,
  definitions: z.object({ definition: Definition }),
  approvals: Approval,
  'live-tickets': LiveTicket,
  'dead-letters': DeadLetter,
  idempotency: z.union([Kept, StartRecord]),
  variables: Variable,
  credentials: Credential,
  'credential-names': z.object({ credentialId: z.string() }),
  'data-keys': DataKeys,
  'oauth-states': OAuthState,
  'audit-log': AuditEntry,
  budgets: Budget,
  spend: SpendMark,
  'webhook-endpoints': WebhookEndpoints,
  'webhook-deliveries': WebhookDelivery,
};

/** Every group that has a model. */
export const storedGroups: readonly string[] = Object.keys(models);

export function modelOf(path: string): z.ZodType | null {
  const group = path.split('/').at(-2) ?? '';
  return Object.hasOwn(models, group) ? (models[group] ?? null) : null;
}
