import type { OpenApiInfo } from './build-openapi.ts';

export const apiInfo: OpenApiInfo = {
  title: 'AutomateOS',
  version: '1',
  description: [
    'Durable workflows: definitions, executions, triggers and everything around them.',
    'Errors are problem documents (RFC 9457) with a stable `code`. Lists are paged by `cursor` and `limit`.',
    'Sign in with POST /v1/auth/login, or send an API key; both as `Authorization: Bearer ...`.',
  ].join(' '),
};

/** By tag. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  Accounts: 'Signing in and out, sessions, passwords',
  Organizations: 'Tenants: everything else belongs to one',
  Members: 'Who is in the organization, with which role, and who is invited',
  Quotas: 'What an organization may use',
  Administration: 'Looking after the installation',
  'API keys': 'Credentials of programs',
  Workflows: 'Definitions: saved as versions, worked on as drafts, live when active',
  'Workflow tests': 'Running a workflow against mocks and expectations',
  Executions: 'Runs of a version, with their steps and log lines',
  Approvals: 'Decisions that people owe to executions',
  Live: 'Events as they happen',
  Events: 'What starts workflows by trigger.event',
  Variables: '`vars` in expressions',
  Credentials: 'Secrets that nodes use; written, never read',
  'Node types': 'What nodes there are, with their parameters',
  'Dead letters': 'Steps and messages that were given up',
  'Outgoing webhooks': 'Telling others about executions',
  Cost: 'Budgets, spend and estimates',
};
