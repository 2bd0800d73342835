import type { Role } from '@automateos/shared/model/principal';
import { type ReactNode, useState } from 'react';
import { NewApiKey } from '../../lib/api/account.ts';
import { useApi } from '../../lib/console-context.tsx';
import { rolesUpTo, roleWords } from '../../lib/roles.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormDialog } from './form-dialog.tsx';

type Kind = 'personal' | 'service';

const dayMs = 86_400_000;
const lives = [
  { value: '', label: 'Never' },
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
  { value: '365', label: 'After a year' },
];

/** `onMade` gets the key's text, which is in no other answer. */
export function NewKeyDialog(props: {
  readonly own: Role;
  readonly onMade: (key: string) => Promise<void>;
  readonly onClose: () => void;
}): ReactNode {
  const api = useApi();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [kind, setKind] = useState<Kind>('personal');
  const [days, setDays] = useState('90');
  const make = async (): Promise<void> => {
    const expiresAt = days === '' ? {} : { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() };
    const json = { name: name.trim(), role, kind, ...expiresAt };
    await props.onMade((await api.call('/v1/api-keys', NewApiKey, { method: 'POST', json })).key);
  };
  return (
    <FormDialog title="New key" button="Make the key" onClose={props.onClose} onSubmit={make}>
      <TextField
        label="Name"
        required
        maxLength={100}
        help="What calls with it: nightly, deploys."
        value={name}
        onChange={setName}
      />
      <SelectField
        label="Belongs to"
        value={kind}
        onChange={setKind}
        options={[
          { value: 'personal', label: 'You' },
          { value: 'service', label: 'The organization' },
        ]}
        help={
          kind === 'personal'
            ? 'Never worth more than you are, and nothing once you have gone.'
            : 'A service account: it keeps its role when you leave.'
        }
      />
      <SelectField
        label="Role"
        value={role}
        onChange={setRole}
        options={rolesUpTo(props.own).map((value) => ({ value, label: roleWords[value] }))}
      />
      <SelectField label="Ends" value={days} onChange={setDays} options={lives} />
    </FormDialog>
  );
}
