/**
 * The icon set: 16 px grid, 1.5 px round strokes in the current colour. Node manifests name an icon; an unknown name falls back to the
 * icon of the step's kind.
 */
import type { ReactNode } from 'react';

const drawings = {
  flow: (
    <>
      <rect x="2" y="2" width="5" height="4" rx="1" />
      <rect x="9" y="10" width="5" height="4" rx="1" />
      <path d="M4.5 6v3.500a2.5 2.5 0 0 0 2.5 2.500h2" />
    </>
  ),
  runs: (
    <>
      <path d="M2 4h5M2 8h9M2 12h6" />
      <circle cx="12.5" cy="12" r="1.5" />
    </>
  ),
  gear: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 1.800v1.700M8 12.500v1.700M14.2 8h-1.700M3.5 8H1.800M12.4 3.600l-1.2 1.200M4.8 11.200l-1.2 1.200M12.4 12.400l-1.2-1.200M4.8 4.8 3.6 3.6" />
    </>
  ),
  right: (
    <>
      <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />
    </>
  ),
  left: (
    <>
      <path d="m9.5 4.5-3.5 3.5 3.5 3.5" />
    </>
  ),
  down: (
    <>
      <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
    </>
  ),
  up: (
    <>
      <path d="m4.5 9.5 3.5-3.5 3.5 3.5" />
    </>
  ),
  x: (
    <>
      <path d="m4 4 8 8M12 4l-8 8" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3 3" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3.5v9M3.5 8h9" />
    </>
  ),
  minus: (
    <>
      <path d="M3.5 8h9" />
    </>
  ),
  fit: (
    <>
      <path d="M3 6V3.500A.5.5 0 0 1 3.5 3H6M10 3h2.500a.5.5 0 0 1 .5.5V6M13 10v2.500a.5.5 0 0 1-.5.5H10M6 13H3.500a.5.5 0 0 1-.5-.5V10" />
    </>
  ),
  eye: (
    <>
      <path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M3.5 10.500A1 1 0 0 1 2.5 9.500v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1" />
    </>
  ),
  ext: (
    <>
      <path d="M9.5 2.500h4v4M13.5 2.5 7.5 8.500M11.5 9.500v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3" />
    </>
  ),
  check: (
    <>
      <path d="m3.5 8.5 3 3 6-7" />
    </>
  ),
  retry: (
    <>
      <path d="M13 8a5 5 0 1 1-1.6-3.7" />
      <path d="M13.2 2.2v3h-3" />
    </>
  ),
  fork: (
    <>
      <circle cx="4.5" cy="3.8" r="1.6" />
      <circle cx="11.5" cy="3.8" r="1.6" />
      <circle cx="8" cy="12.4" r="1.6" />
      <path d="M4.5 5.4v.8c0 1.2 1 2 2 2h3c1 0 2-.8 2-2v-.8M8 8.2v2.6" />
    </>
  ),
  more: (
    <>
      <g fill="currentColor" stroke="none">
        <circle cx="3.5" cy="8" r="1.2" />
        <circle cx="8" cy="8" r="1.2" />
        <circle cx="12.5" cy="8" r="1.2" />
      </g>
    </>
  ),
  pause: (
    <>
      <path d="M5.5 3.5v9M10.5 3.5v9" />
    </>
  ),
  play: (
    <>
      <path d="M5 3.5v9l7.5-4.5z" />
    </>
  ),
  stop: (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1.5" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.500v1.300M8 13.200v1.300M14.5 8h-1.300M2.8 8H1.500M12.6 3.400l-.9.9M4.3 11.700l-.9.9M12.6 12.600l-.9-.9M4.3 4.300l-.9-.9" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 4.800V8l2.2 1.6" />
    </>
  ),
  hook: (
    <>
      <circle cx="8" cy="4.5" r="2.3" />
      <circle cx="4" cy="11.5" r="2.3" />
      <circle cx="12" cy="11.5" r="2.3" />
      <path d="m6.9 6.5-1.7 3M9.1 6.500l1.7 3M6.3 11.500h3.4" />
    </>
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M2.2 8h11.600M8 2.200c1.8 1.7 2.6 3.6 2.6 5.800S9.8 12.1 8 13.800C6.2 12.1 5.4 10.2 5.4 8S6.2 3.9 8 2.200z" />
    </>
  ),
  funnel: (
    <>
      <path d="M2.5 3.500h11L9.5 8.500v4l-3 1.500V8.500z" />
    </>
  ),
  branch: (
    <>
      <circle cx="8" cy="3.5" r="1.6" />
      <circle cx="4" cy="12.5" r="1.6" />
      <circle cx="12" cy="12.5" r="1.6" />
      <path d="M8 5.100v1.600c0 1-.7 1.5-1.5 1.500h-1C4.6 8.2 4 8.8 4 9.700v1.200M8 6.700c0 1 .7 1.5 1.5 1.500h1c.9 0 1.5.6 1.5 1.500v1.2" />
    </>
  ),
  merge: (
    <>
      <path d="M4 2.500v2c0 2 4 2.5 4 5v4M12 2.500v2c0 2-4 2.5-4 5" />
      <path d="m6 11.5 2 2 2-2" />
    </>
  ),
  loop: (
    <>
      <path d="M11 2.5 13.5 5 11 7.5" />
      <path d="M2.5 7.500V7a2 2 0 0 1 2-2h8.7" />
      <path d="M5 13.5 2.5 11 5 8.5" />
      <path d="M13.5 8.500V9a2 2 0 0 1-2 2H2.8" />
    </>
  ),
  braces: (
    <>
      <path d="M6 2.500c-1.5 0-2 .6-2 2v1.500c0 1.2-.6 2-1.5 2 .9 0 1.5.8 1.5 2v1.500c0 1.4.5 2 2 2M10 2.500c1.5 0 2 .6 2 2v1.500c0 1.2.6 2 1.5 2-.9 0-1.5.8-1.5 2v1.500c0 1.4-.5 2-2 2" />
    </>
  ),
  code: (
    <>
      <path d="m5.5 4.5-3.5 3.5 3.5 3.500M10.5 4.500l3.5 3.5-3.5 3.5" />
    </>
  ),
  stamp: (
    <>
      <path d="M3 13.500h10M4 10.500h8a.8.8 0 0 0 .8-.8c0-1-.8-1.7-1.8-1.700H9.500c-.4-1.7.7-2.2.7-3.800a2.2 2.2 0 0 0-4.4 0c0 1.6 1.1 2.1.7 3.800H5c-1 0-1.8.7-1.8 1.7 0 .4.3.8.8.8z" />
    </>
  ),
  inbox: (
    <>
      <path d="M2.5 9.5 4.3 3.700A1 1 0 0 1 5.2 3h5.600a1 1 0 0 1 .9.700l1.8 5.800V12a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z" />
      <path d="M2.5 9.500h3l1 1.500h3l1-1.500h3" />
    </>
  ),
  bolt: (
    <>
      <path d="M8.8 1.8 3.5 9h4l-.7 5.200L12.5 7h-4z" />
    </>
  ),
  card: (
    <>
      <rect x="1.8" y="3.5" width="12.4" height="9" rx="1.5" />
      <path d="M1.8 6.500h12.400M4.5 10h2.5" />
    </>
  ),
  mail: (
    <>
      <rect x="2" y="3.5" width="12" height="9" rx="1.5" />
      <path d="m2.5 4.5 5.5 4 5.5-4" />
    </>
  ),
  chat: (
    <>
      <path d="M13.5 7.500c0 2.8-2.5 5-5.5 5-.8 0-1.6-.1-2.3-.4L2.5 13l.9-2.600c-.6-.8-.9-1.8-.9-2.9 0-2.8 2.5-5 5.5-5s5.5 2.2 5.5 5z" />
    </>
  ),
  spark: (
    <>
      <path d="M8 2.200c.5 3.3 2 4.9 5.3 5.400C10 8.2 8.5 9.7 8 13c-.5-3.3-2-4.8-5.3-5.400C6 7.1 7.5 5.5 8 2.200z" />
      <path d="M13 11.500v2.600M11.7 12.800h2.6" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="10.5" r="2.8" />
      <path d="m7 8.5 6-6M11 4.500l1.8 1.800M9.3 6.200l1.4 1.4" />
    </>
  ),
  link: (
    <>
      <path d="M6.7 9.3 9.3 6.700M7.3 4.700l1.4-1.400a2.83 2.83 0 0 1 4 4l-1.4 1.400M8.7 11.300l-1.4 1.400a2.83 2.83 0 0 1-4-4l1.4-1.4" />
    </>
  ),
  pencil: (
    <>
      <path d="m10.8 2.8 2.4 2.400L5.5 13l-3 .6.6-3z" />
    </>
  ),
  person: (
    <>
      <circle cx="8" cy="5" r="2.6" />
      <path d="M3 13.500c.4-2.7 2.4-4.2 5-4.200s4.6 1.5 5 4.2" />
    </>
  ),
  layout: (
    <>
      <rect x="5.5" y="2" width="5" height="3.5" rx="1" />
      <rect x="2" y="10.5" width="5" height="3.5" rx="1" />
      <rect x="9" y="10.5" width="5" height="3.5" rx="1" />
      <path d="M8 5.500V8M4.5 10.500V8h7v2.5" />
    </>
  ),
  history: (
    <>
      <path d="M2.8 6.200A5.5 5.5 0 1 1 2.5 8" />
      <path d="M2.5 3.200v3h3M8 5v3l2 1.3" />
    </>
  ),
  cloud: (
    <>
      <path d="M4.5 12.500a3 3 0 0 1-.3-6A4 4 0 0 1 12 7.300a2.6 2.6 0 0 1-.5 5.200z" />
    </>
  ),
  sort: (
    <>
      <path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5" />
    </>
  ),
  sheet: (
    <>
      <path d="M4 1.800h5.500L13 5.300v8.900H4z" />
      <path d="M9.5 1.800v3.500H13M6.3 8.500h4.400M6.3 11h4.4" />
    </>
  ),
  upload: (
    <>
      <path d="M8 10.500v-8M5 5.500l3-3 3 3M2.5 10.500v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />
    </>
  ),
  download: (
    <>
      <path d="M8 2.500v8M5 7.500l3 3 3-3M2.5 10.500v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2" />
    </>
  ),
  table: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M2 6.500h12M6.5 6.500V13" />
    </>
  ),
  swap: (
    <>
      <path d="M3 5.500h10M10.5 3 13 5.5 10.5 8M13 10.500H3M5.5 8 3 10.5 5.5 13" />
    </>
  ),
  book: (
    <>
      <path d="M8 4c-1.3-1-3-1.3-5.5-1.300v9.600C5 12.3 6.7 12.6 8 13.600c1.3-1 3-1.3 5.5-1.300V2.700C11 2.7 9.3 3 8 4zM8 4v9.6" />
    </>
  ),
  cart: (
    <>
      <path d="M1.8 2.500h1.700l1.6 7.500h6.800l1.5-5.300H4.2" />
      <circle cx="6" cy="13" r="1" />
      <circle cx="11" cy="13" r="1" />
    </>
  ),
  shield: (
    <>
      <path d="M8 1.8 3 3.800v4c0 3 2 5.2 5 6.4 3-1.2 5-3.4 5-6.400v-4z" />
      <path d="m5.9 8 1.5 1.5 2.8-3" />
    </>
  ),
  grid: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="2.5" width="4.5" height="4.5" rx="1" />
      <rect x="2.5" y="9" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="9" width="4.5" height="4.5" rx="1" />
    </>
  ),
  sliders: (
    <>
      <path d="M2.5 5h6M12 5h1.500M2.500 11h1.500M7.500 11h6" />
      <circle cx="10.200" cy="5" r="1.700" />
      <circle cx="5.800" cy="11" r="1.700" />
    </>
  ),
  alert: (
    <>
      <path d="M8 2.200 14.200 13H1.800z" />
      <path d="M8 6.500v3M8 11.300v.1" />
    </>
  ),
  moon: (
    <>
      <path d="M13 9.600A5.600 5.600 0 0 1 6.400 3 5.600 5.600 0 1 0 13 9.600z" />
    </>
  ),
  signOut: (
    <>
      <path d="M6.500 2.500h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M10 5l3 3-3 3M13 8H6" />
    </>
  ),
  reply: (
    <>
      <path d="M6 4 2.500 7.500 6 11" />
      <path d="M2.800 7.500H10a3.500 3.500 0 0 1 3.500 3.500v1" />
    </>
  ),
} satisfies Record<string, ReactNode>;

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
