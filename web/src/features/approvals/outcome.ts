import type { Approval } from '../../lib/api/approval.ts';
import type { StatusName } from '../../ui/status.tsx';

const outcomes: Readonly<Record<Approval['status'], { readonly status: StatusName; readonly word: string }>> = {
  pending: { status: 'waiting', word: 'Waiting' },
  approved: { status: 'succeeded', word: 'Approved' },
  rejected: { status: 'cancelled', word: 'Rejected' },
  'timed-out': { status: 'timed-out', word: 'Nobody answered in time' },
  closed: { status: 'skipped', word: 'No longer needed' },
};

export function outcomeOf(approval: Approval): (typeof outcomes)[Approval['status']] {
  return outcomes[approval.status];
}
