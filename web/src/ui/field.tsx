/** A labelled line of text: label above, help and fault below, both read out with the field. */
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';

export function TextField(
  props: {
    readonly label: string;
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly help?: ReactNode;
    readonly fault?: string | null | undefined;
    readonly large?: boolean;
    readonly ref?: Ref<HTMLInputElement>;
    /** Beside the text, inside the field's frame. */
    readonly trailing?: ReactNode;
  } & Pick<
    InputHTMLAttributes<HTMLInputElement>,
    'type' | 'autoComplete' | 'required' | 'readOnly' | 'minLength' | 'maxLength' | 'placeholder' | 'inputMode'
  >,
): ReactNode {
  const { label, value, onChange, help, fault, large, ref, trailing, ...rest } = props;
  const id = useId();
  const described = [help ? `${id}-help` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ');
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <span className="relative">
        <input
          {...rest}
          ref={ref}
          id={id}
          className={`input ${large ? 'input-lg' : ''} ${trailing ? 'pr-11!' : ''} read-only:bg-sunken`}
          value={value}
          aria-invalid={fault ? true : undefined}
          aria-describedby={described || undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        {trailing}
      </span>
      {help ? (
        <p id={`${id}-help`} className="text-xs text-ink-3">
          {help}
        </p>
      ) : null}
      {fault ? (
        <p id={`${id}-fault`} className="text-xs text-failed">
          {fault}
        </p>
      ) : null}
    </div>
  );
}

export type Choice<T extends string> = { readonly value: T; readonly label: string };

export function SelectField<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly help?: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {props.label}
      </label>
      <select
        id={id}
        className="input self-start"
        value={props.value}
        aria-describedby={props.help ? `${id}-help` : undefined}
        onChange={(event) => {
          const chosen = props.options.find((option) => option.value === event.target.value);
          if (chosen) props.onChange(chosen.value);
        }}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {props.help ? (
        <p id={`${id}-help`} className="text-xs text-ink-3">
          {props.help}
        </p>
      ) : null}
    </div>
  );
}
