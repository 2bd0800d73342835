/** What a dead letter is called, and how it stands. Red is for what still waits for a person. */
import type { DeadLetter } from '../../lib/api/dead-letter.ts';
import { nodeTitle } from '../../lib/node-catalogue.ts';
import type { StatusName } from '../../ui/status.tsx';

const titles: Readonly<Record<string, string>> = {
  UNDELIVERED: 'A message was not delivered',
  UNKNOWN_BRANCH: 'A message for an execution that is not there',
  UNREADABLE_MESSAGE: 'A message that nobody here sent',
  EVENT_UNDELIVERED: 'An event could not be routed',
};

export function letterTitle(letter: DeadLetter): string {
  const { kind, reason } = letter;
  if (kind === 'step') return `${stepTitle(letter) ?? 'A step'} kept stopping its worker`;
  return titles[reason] ?? 'A message was given up on';
}

export function stepTitle({ nodeId, nodeLabel }: DeadLetter): string | null {
  return nodeId ? nodeTitle({ id: nodeId, label: nodeLabel }) : null;
}

export function letterPlace({ workflowName, workflowId, delivery }: DeadLetter): string {
  if (workflowName) return workflowName;
  if (workflowId) return 'A deleted workflow';
  const { subscription = '' } = delivery ?? {};
  return subscription.slice(subscription.lastIndexOf('/') + 1);
}

const standings: Readonly<Record<DeadLetter['status'], { readonly status: StatusName; readonly word: string }>> = {
  open: { status: 'failed', word: 'Open' },
  redriven: { status: 'skipped', word: 'Redriven' },
  discarded: { status: 'cancelled', word: 'Discarded' },
};

export const standingOf = ({ status }: DeadLetter) => standings[status];

/** Who closed it; nobody had to where the branch of a message was announced, or had nothing left to do. */
export function closedBy(letter: DeadLetter): string | null {
  const by = letter.status === 'redriven' ? letter.redrivenBy : letter.discardedBy;
  if (!by) return null;
  return by === 'system' ? 'by itself' : `by ${by}`;
}
