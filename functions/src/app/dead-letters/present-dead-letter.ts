import type { DeadDelivery, DeadLetter, DeadLetterView } from '@automateos/shared/model/dead-letter';

/** Without what the message said: lists stay small. */
export function presentLetter(letter: DeadLetter): DeadLetterView {
  const { expiresAt: _expires, branchId: _branch, delivery, ...shown } = letter;
  return { ...shown, delivery: presentDelivery(delivery, null) };
}

export function presentDelivery(delivery: DeadLetter['delivery'], data: string | null): DeadDelivery | null {
  return delivery === null ? null : { ...delivery, data };
}
