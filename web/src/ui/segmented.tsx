import type { ReactNode } from 'react';

/** A choice of two to four, one of them pressed. */
export function Segmented<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
  readonly small?: boolean;
  readonly className?: string;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a legend and a border that this control does not have
    <div role="group" aria-label={props.label} className={`seg ${props.small ? 'seg-sm' : ''} ${props.className ?? ''}`}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
