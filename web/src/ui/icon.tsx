/**
 * The icon set: 16 px grid, 1.5 px round strokes in the current colour. Node manifests name an icon; an unknown name falls back to the
 * icon of the step's kind.
 */
import type { ReactNode } from 'react';
import { drawings } from './icon-drawings.tsx';

export type IconName = keyof typeof drawings;

/** Names that manifests use for a drawing of another name. */
const aliases: Readonly<Record<string, IconName>> = {
  webhook: 'hook',
  calendar: 'clock',
  timer: 'clock',
  workflow: 'flow',
  approval: 'stamp',
  callback: 'link',
  filter: 'funnel',
  switch: 'sliders',
  repeat: 'retry',
  edit: 'pencil',
  transform: 'braces',
  http: 'globe',
  python: 'code',
  javascript: 'code',
  script: 'code',
};

const kindIcons: Readonly<Record<string, IconName>> = {
  trigger: 'bolt',
  http: 'globe',
  flow: 'branch',
  data: 'braces',
  ai: 'spark',
  people: 'person',
};

export function iconFor(name: string, kind: string): IconName {
  if (Object.hasOwn(drawings, name)) return name as IconName; // just checked
  return aliases[name] ?? kindIcons[kind] ?? 'flow';
}

export function Icon(props: { readonly name: IconName; readonly className?: string }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" className={`icon ${props.className ?? ''}`} aria-hidden="true">
      {drawings[props.name]}
    </svg>
  );
}
