/**
 * Names of operations, as generated clients call them: `listWorkflows`, `createWorkflow`, `getWorkflow`, `restoreWorkflowVersion`. They
 * follow from method and path, so that a new route has a good one at once; the table holds what the rule would name badly. A name that
 * is published stays: changing one breaks every generated client.
 */
import type { Method } from '../http/route.ts';

const named: Readonly<Record<string, string>> = {
  'post /v1/auth/register': 'register',
  'post /v1/live/ticket': 'createLiveTicket',
  'get /v1/oauth/callback': 'finishOauth',
  'post /v1/auth/login': 'login',
  'post /v1/auth/logout': 'logout',
  'get /v1/auth/me': 'getMe',
  'get /v1/workflows/{id}/drafts/{userId}': 'getWorkflowDraftOf',
  'post /v1/auth/password': 'changePassword',
  'post /v1/auth/password-reset': 'requestPasswordReset',
  'post /v1/auth/password-reset/confirm': 'resetPassword',
  'post /v1/admin/password-reset-links': 'createPasswordResetLink',
  'post /v1/auth/email-verification': 'requestEmailVerification',
  'post /v1/auth/email-verification/confirm': 'verifyEmail',
  'get /v1/auth/sessions': 'listSessions',
  'delete /v1/auth/sessions': 'endSessions',
  'delete /v1/auth/sessions/{id}': 'endSession',
  'get /v1/auth/activity': 'listAccountActivity',
  'post /v1/invitations/accept': 'acceptInvitation',
  'post /v1/invitations/preview': 'previewInvitation',
  'get /v1/quotas': 'getQuotas',
  'get /v1/admin/organizations/{id}/quotas': 'getOrganizationQuotas',
  'patch /v1/admin/organizations/{id}/quotas': 'changeQuotas',
  'post /v1/admin/rotate-keys': 'rotateKeys',
  'post /v1/webhook-endpoints/{id}/rotate-secret': 'rotateWebhookSecret',
  'post /v1/webhook-endpoints/{id}/replay': 'replayWebhookDeliveries',
  'post /v1/workflows/{id}/executions': 'startExecution',
  'get /v1/executions/{id}/events': 'streamExecutionEvents',
  'get /v1/executions/{id}/logs': 'listExecutionLogs',
  'get /v1/executions/events': 'streamExecutions',
  'get /v1/approvals/events': 'streamApprovals',
  'get /v1/workflows/events': 'streamWorkflows',
  'post /v1/approvals/{id}': 'decideApproval',
  'post /v1/callbacks/{token}': 'answerCallback',
  'post /v1/events': 'sendEvent',
  'get /v1/audit-log': 'listAuditLog',
  'get /v1/admin/status': 'getAdminStatus',
  'post /v1/admin/prune': 'pruneStorage',
  'post /v1/admin/backup': 'backUp',
  'post /v1/workflows/validate': 'validateWorkflow',
  'post /v1/workflows/import': 'importWorkflow',
  'get /v1/workflows/export': 'exportWorkflows',
  'get /v1/workflows/{id}/export': 'exportWorkflow',
  'get /v1/workflows/{id}/versions/{version}/diff/{other}': 'diffWorkflowVersions',
};

const verbs: Readonly<Record<Method, string>> = { get: 'get', post: 'create', put: 'update', patch: 'change', delete: 'delete' };

/** `post /v1/workflows/{id}/versions/{version}/restore` -> `restoreWorkflowVersion`. */
export function operationId(method: Method, path: string): string {
  const fixed = named[`${method} ${path}`];
  if (fixed !== undefined) return fixed;
  const parts = path.split('/').filter((part) => part !== '' && part !== 'v1');
  const last = parts.at(-1) ?? '';
  const nouns = parts.flatMap((part, at) => {
    if (part.startsWith('{')) return [];
    return [pascal(parts[at + 1]?.startsWith('{') === true ? singular(part) : part)];
  });
  const noun = nouns.pop() ?? '';
  const parents = nouns.join('');
  if (last.startsWith('{')) return `${verbs[method]}${parents}${noun}`;
  const many = last.endsWith('s');
  if (method === 'get') return `${many ? 'list' : 'get'}${parents}${noun}`;
  if (method === 'post' && !many && parents !== '') return `${noun.charAt(0).toLowerCase()}${noun.slice(1)}${parents}`;
  return `${verbs[method]}${parents}${method === 'post' ? singular(noun) : noun}`;
}

function pascal(word: string): string {
  return word.replace(/(^|[-.])(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.replace(/s$/, '');
}
