/** One member. The role is a choice for who may give it, the way out a button for who may take it; the person themselves may leave. */
import { Role } from '@automateos/shared/model/principal';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { Member, Nothing, type Profile } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { asFailure } from '../../lib/problem-error.ts';
import { keys } from '../../lib/queries.ts';
import { rolesUpTo, roleWords } from '../../lib/roles.ts';
import { FaultLine } from '../../ui/fault-line.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { peopleKeys } from './people-queries.ts';

export function MemberRow(props: { readonly member: Member; readonly me: z.infer<typeof Profile> | undefined }): ReactNode {
  const { member, me } = props;
  const api = useApi();
  const client = useQueryClient();
  const tell = useToast();
  const [leaving, setLeaving] = useState(false);
  const isMe = me?.user.id === member.userId;
  const own = me?.user.role ?? 'viewer';
  const mayManage = me?.actions.includes('members.manage') === true && rolesUpTo(own).includes(member.role);
  const path = `/v1/members/${encodeURIComponent(member.userId)}`;
  const change = useMutation({
    mutationFn: (role: Role) => api.call(path, Member, { method: 'PATCH', json: { role } }),
    onSuccess: async (changed) => {
      tell('succeeded', `${member.email} is ${roleWords[changed.role].toLowerCase()} now.`);
      await Promise.all(
        [peopleKeys.members, keys.me, keys.memberships].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
  const leave = async (): Promise<void> => {
    if (isMe && me) await api.call(`/v1/organizations/${me.organization.id}/leave`, Nothing, { method: 'POST' });
    else await api.call(path, Nothing, { method: 'DELETE' });
    tell('succeeded', isMe ? `You have left ${me?.organization.name}.` : `${member.email} is no member any more.`);
    await Promise.all([peopleKeys.members, keys.memberships].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5 last:border-0">
      <div className="min-w-0 flex-1 basis-56 max-md:basis-full">
        <div className="truncate font-medium" title={member.email}>
          {member.email}
          {isMe ? <span className="font-normal text-ink-3"> (you)</span> : null}
        </div>
        <div className="text-xs text-ink-3">
          Member since <Moment at={member.since} />
        </div>
      </div>
      {mayManage ? (
        <select
          className="input"
          aria-label={`Role of ${member.email}`}
          value={change.isPending ? change.variables : member.role}
          onChange={(event) => change.mutate(Role.parse(event.target.value))}
        >
          {rolesUpTo(own).map((role) => (
            <option key={role} value={role}>
              {roleWords[role]}
            </option>
          ))}
        </select>
      ) : (
        <span className="text-ink-2">{roleWords[member.role]}</span>
      )}
      {isMe || mayManage ? (
        <button
          type="button"
          className="btn btn-sm md:w-18"
          aria-label={isMe ? 'Leave this organization' : `Remove ${member.email}`}
          onClick={() => setLeaving(true)}
        >
          {isMe ? 'Leave' : 'Remove'}
        </button>
      ) : null}
      {change.isError ? (
        <div className="basis-full">
          <FaultLine>{asFailure(change.error).message}</FaultLine>
        </div>
      ) : null}
      {leaving ? (
        <ConfirmDialog
          title={isMe ? `Leave ${me.organization.name}` : `Remove ${member.email}`}
          button={isMe ? 'Leave the organization' : 'Remove the member'}
          keep={isMe ? 'Stay' : 'Keep the member'}
          onConfirm={leave}
          onClose={() => setLeaving(false)}
        >
          <p>
            {isMe ? 'You see nothing of it any more' : 'They see nothing of the organization any more'}, with the next request.
            Personal API keys stay void, even for who comes back. Workflows and executions stay.
          </p>
        </ConfirmDialog>
      ) : null}
    </li>
  );
}
