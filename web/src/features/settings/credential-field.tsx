import { type ReactNode, useId } from 'react';
import type { CredentialType } from '../../lib/api/credential.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { PasswordField } from '../../ui/password-field.tsx';

/** A choice, a secret, a file's text or a line, as the kind's schema says. */
export function CredentialField(props: {
  readonly name: string;
  readonly schema: CredentialType['data']['properties'][string];
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { name, schema, value, onChange } = props;
  const id = useId();
  const label = words(name);
  if (schema.enum) {
    const given = schema.enum.map((one) => ({ value: one, label: one }));
    const options = props.isRequired ? given : [{ value: '', label: 'As usual' }, ...given];
    return (
      <SelectField
        label={label}
        value={value || (options[0]?.value ?? '')}
        options={options}
        onChange={onChange}
        help={schema.description}
      />
    );
  }
  // lines matter in files, and a password's field has none
  if (/\bfile\b|\bPEM\b/.test(schema.description ?? '')) {
    return (
      <div className="flex flex-col gap-1.5">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <textarea
          id={id}
          className="input mono text-xs"
          rows={4}
          required={props.isRequired}
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-help`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <p id={`${id}-help`} className="text-xs text-ink-3">
          {schema.description}
        </p>
      </div>
    );
  }
  if (props.isSecret)
    return <PasswordField label={label} isOptional={!props.isRequired} autoComplete="off" value={value} onChange={onChange} />;
  return (
    <TextField
      label={props.isRequired ? label : `${label} (optional)`}
      required={props.isRequired}
      autoComplete="off"
      help={schema.description}
      value={value}
      onChange={onChange}
    />
  );
}

/** `clientSecret` reads "Client secret". */
function words(name: string): string {
  const text = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
