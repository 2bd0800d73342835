/** A password that can be looked at while it is typed. A new one says its rule before it is broken. */
import { type ReactNode, type Ref, useState } from 'react';
import { TextField } from './field.tsx';
import { Icon } from './icon.tsx';

/** As the server asks; it has the last word. */
export const shortestPassword = 8;

export function PasswordField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNew?: boolean;
  readonly isOptional?: boolean;
  /** `off` for secrets that are nobody's password. */
  readonly autoComplete?: 'off';
  readonly fault?: string | null;
  readonly large?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}): ReactNode {
  const { isNew = false, isOptional = false, autoComplete, label, ...rest } = props;
  const what = autoComplete === 'off' ? label.toLowerCase() : 'password';
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...rest}
      label={label}
      type={shown ? 'text' : 'password'}
      autoComplete={autoComplete ?? (isNew ? 'new-password' : 'current-password')}
      required={!isOptional}
      {...(isNew ? { minLength: shortestPassword, help: `At least ${shortestPassword} characters.` } : {})}
      trailing={
        <button
          type="button"
          className="btn btn-ghost btn-icon absolute! top-1/2 right-1 min-h-0! -translate-y-1/2"
          aria-label={shown ? `Hide ${what}` : `Show ${what}`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          <Icon name="eye" />
        </button>
      }
    />
  );
}
