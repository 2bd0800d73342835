/** Tabs after the ARIA pattern: one Tab stop, arrows move and select. The panel is the caller's, named by `panelId`. */
import type { KeyboardEvent, ReactNode } from 'react';

export type TabItem<T extends string> = { readonly value: T; readonly label: string; readonly count?: number | undefined };

export function Tabs<T extends string>(props: {
  readonly label: string;
  readonly items: readonly TabItem<T>[];
  readonly value: T;
  readonly panelId: string;
  readonly onChange: (value: T) => void;
}): ReactNode {
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = props.items.findIndex((item) => item.value === props.value);
    const next = props.items[(at + step + props.items.length) % props.items.length];
    if (!next) return;
    props.onChange(next.value);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus();
  };
  return (
    <div role="tablist" aria-label={props.label} className="tabs px-4" onKeyDown={move}>
      {props.items.map((item) => (
        <button
          key={item.value}
          type="button"
          role="tab"
          data-tab={item.value}
          aria-selected={item.value === props.value}
          aria-controls={props.panelId}
          tabIndex={item.value === props.value ? 0 : -1}
          className="tab"
          onClick={() => props.onChange(item.value)}
        >
          {item.label}
          {item.count === undefined ? null : <span className="font-normal text-ink-3">{item.count}</span>}
        </button>
      ))}
    </div>
  );
}
