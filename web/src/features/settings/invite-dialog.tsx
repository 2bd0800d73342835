import type { Role } from '@automateos/shared/model/principal';
import { type ReactNode, useState } from 'react';
import { NewInvitation } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { roleDoes, rolesUpTo, roleWords } from '../../lib/roles.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormDialog } from './form-dialog.tsx';

/** Asks for an address and a role of at most one's own. */
export function InviteDialog(props: {
  readonly own: Role;
  readonly onMade: (invitation: NewInvitation) => Promise<void>;
  readonly onClose: () => void;
}): ReactNode {
  const api = useApi();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  return (
    <FormDialog
      title="Invite somebody"
      button="Make the invitation"
      onClose={props.onClose}
      onSubmit={async () => {
        const json = { email: email.trim(), role };
        await props.onMade(await api.call('/v1/invitations', NewInvitation, { method: 'POST', json }));
      }}
    >
      <TextField
        label="E-mail"
        type="email"
        required
        help="The invitation works for this address only."
        value={email}
        onChange={setEmail}
      />
      <SelectField
        label="Role"
        value={role}
        onChange={setRole}
        help={roleDoes[role]}
        options={rolesUpTo(props.own).map((value) => ({ value, label: roleWords[value] }))}
      />
    </FormDialog>
  );
}
