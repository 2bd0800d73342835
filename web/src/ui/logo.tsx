import type { ReactNode } from 'react';

/** An A whose crossbar is a node: two edges meet, a dot waits between them. */
export function Logo(props: { readonly size?: number; readonly word?: boolean }): ReactNode {
  const size = props.size ?? 24;
  return (
    <span className="inline-flex items-center gap-[9px] text-[15px] font-semibold tracking-[-0.01em]">
      <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
        <rect width="24" height="24" rx="7" fill="var(--color-accent)" />
        <path
          d="M6.2 17.8 10.9 7.1a1.2 1.2 0 0 1 2.2 0l4.7 10.7"
          fill="none"
          stroke="var(--color-on-accent)"
          strokeWidth="2.1"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
        <circle cx="12" cy="15.3" r="2" fill="var(--color-on-accent)" />
      </svg>
      {props.word ? (
        <span>
          Automate<span className="font-medium text-accent">OS</span>
        </span>
      ) : null}
    </span>
  );
}
