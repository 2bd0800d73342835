/**
 * Callback tokens: computable before the wait exists, guessable by nobody. `org.execution.scope.node.mac`, the mac from the execution's
 * secret seed; scope and node in base64url where they hold other than letters.
 */
import type { Execution } from '@automateos/shared/model/execution';
import { digest } from '../digest.ts';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const plain = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');

export type CallbackTarget = {
  readonly org: string;
  readonly executionId: string;
  readonly scope: string;
  readonly nodeId: string;
  readonly mac: string;
};

export function callbackToken(execution: Execution, scope: string, nodeId: string): string {
  const mac = callbackMac(execution.seed, scope, nodeId);
  return [base64(execution.org), execution.id, base64(scope), base64(nodeId), mac].join('.');
}

export function callbackUrl(publicUrl: string, execution: Execution, scope: string, nodeId: string): string {
  return `${publicUrl}/v1/callbacks/${callbackToken(execution, scope, nodeId)}`;
}

export function callbackMac(seed: string, scope: string, nodeId: string): string {
  return digest('callback', seed, scope, nodeId).slice(0, 40);
}

/** null for anything that is not a token by its form. */
export function parseCallbackToken(token: string): CallbackTarget | null {
  const parts = token.split('.');
  const [org, executionId, scope, nodeId, mac] = parts;
  if (parts.length !== 5 || !org || !executionId || scope === undefined || !nodeId || !mac || token.length > 2_000) return null;
  if (!/^[A-Za-z0-9_-]+$/.test(executionId)) return null;
  const target = { org: plain(org), executionId, scope: plain(scope), nodeId: plain(nodeId), mac };
  return /^[A-Za-z0-9_-]+$/.test(target.org) ? target : null;
}

/** Ids of what a waiting step creates: the same however often the commit is tried. */
export const waitId = (scope: string, nodeId: string): string => `cb_${digest('wait', scope, nodeId).slice(0, 32)}`;
export const approvalId = (execution: Execution, scope: string, nodeId: string, generation: number): string =>
  `apr_${digest('approval', execution.seed, scope, nodeId, String(generation)).slice(0, 32)}`;
export const calledId = (execution: Execution, scope: string, nodeId: string, generation: number): string =>
  `exe_${digest('call', execution.seed, scope, nodeId, String(generation)).slice(0, 32)}`;
/** `listener`: a trigger.error; absent for the workflow that settings.errorWorkflow names. */
export const errorExecutionId = (execution: Execution, ...listener: readonly string[]): string =>
  `exe_${digest('error', execution.seed, String(execution.generation), ...listener).slice(0, 32)}`;
