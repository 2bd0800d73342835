/** A member and its mirror at the user are one commit, always: nobody writes the one without the other. */
import type { Member } from '@automateos/shared/model/account';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';

export function memberWrites(org: string, member: Member): readonly [Write, Write] {
  return [
    { kind: 'set', path: paths.member(org, member.userId), data: member },
    { kind: 'set', path: paths.membership(member.userId, org), data: { org, since: member.since } },
  ];
}
