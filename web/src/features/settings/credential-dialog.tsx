/** A new credential, or new values for one: the fields are those of its kind. Values of one that there is are typed anew, all or none. */
import { type ReactNode, useState } from 'react';
import { Credential, type CredentialType } from '../../lib/api/credential.ts';
import { useApi } from '../../lib/console-context.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { CredentialField } from './credential-field.tsx';
import { FormDialog } from './form-dialog.tsx';

type Values = Readonly<Record<string, string>>;

export function CredentialDialog(props: {
  readonly credential: Credential | null;
  readonly types: readonly CredentialType[];
  readonly onSaved: () => Promise<void>;
  readonly onClose: () => void;
}): ReactNode {
  const { credential, types } = props;
  const api = useApi();
  const [name, setName] = useState(credential?.name ?? '');
  const [kind, setKind] = useState(credential?.kind ?? types[0]?.kind ?? '');
  const [values, setValues] = useState<Values>({});
  const [hosts, setHosts] = useState(credential?.allowedHosts.join(', ') ?? '');
  const type = types.find((one) => one.kind === kind);
  const fields = Object.entries(type?.data.properties ?? {});
  const isRequired = (field: string): boolean => type?.data.required.includes(field) === true;
  const filled = Object.entries(values).filter(([, value]) => value !== '');
  const keepsValues = credential !== null && filled.length === 0;
  const save = async (): Promise<void> => {
    const allowedHosts = hosts.split(/[\s,]+/).filter(Boolean);
    // what a required choice shows first is chosen
    const chosen = fields.flatMap(([field, { enum: choices }]) => {
      const first = isRequired(field) ? choices?.[0] : undefined;
      return first === undefined ? [] : [[field, first]];
    });
    const data: Values = Object.fromEntries([...chosen, ...filled]);
    const json = { name: name.trim(), allowedHosts, ...(keepsValues ? {} : { data }) };
    if (credential === null) await api.call('/v1/credentials', Credential, { method: 'POST', json: { ...json, kind } });
    else await api.call(`/v1/credentials/${encodeURIComponent(credential.id)}`, Credential, { method: 'PUT', json });
    await props.onSaved();
  };
  return (
    <FormDialog
      title={credential === null ? 'New credential' : `Change ${credential.name}`}
      button={credential === null ? 'Store it' : 'Save'}
      onClose={props.onClose}
      onSubmit={save}
    >
      <TextField label="Name" required maxLength={100} help="Steps refer to it by this name." value={name} onChange={setName} />
      {credential === null ? (
        <SelectField
          label="Kind"
          value={kind}
          onChange={(next) => {
            setKind(next);
            setValues({});
          }}
          help={type?.description}
          options={types.map((one) => ({ value: one.kind, label: one.title }))}
        />
      ) : (
        <p className="text-ink-2">Leave the fields empty to keep the values. New ones replace them all.</p>
      )}
      {fields.map(([field, schema]) => (
        <CredentialField
          key={`${kind} ${field}`}
          name={field}
          schema={schema}
          isSecret={type?.secretFields.includes(field) === true}
          isRequired={!keepsValues && isRequired(field)}
          value={values[field] ?? ''}
          onChange={(value) => setValues({ ...values, [field]: value })}
        />
      ))}
      <TextField
        label="Only to these hosts"
        help={`Optional, by commas. Empty: ${type && type.hosts.length > 0 ? type.hosts.join(', ') : 'anywhere'}.`}
        placeholder="api.example.com"
        value={hosts}
        onChange={setHosts}
      />
    </FormDialog>
  );
}
