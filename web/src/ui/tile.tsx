import type { ReactNode } from 'react';
import { Icon, iconFor } from './icon.tsx';

const grounds: Readonly<Record<string, string>> = {
  trigger: 'bg-kind-trigger-soft text-kind-trigger',
  http: 'bg-kind-http-soft text-kind-http',
  flow: 'bg-kind-flow-soft text-kind-flow',
  data: 'bg-kind-data-soft text-kind-data',
  ai: 'bg-kind-ai-soft text-kind-ai',
  people: 'bg-kind-people-soft text-kind-people',
};

/** The coloured square that says what kind of step it is. Decoration: the title stands beside it. */
export function Tile(props: { readonly icon: string; readonly kind: string; readonly size?: 'xs' | 'sm' }): ReactNode {
  const size = props.size === 'xs' ? 'tile-xs' : props.size === 'sm' ? 'tile-sm' : '';
  return (
    <span className={`tile ${size} ${grounds[props.kind] ?? grounds.flow}`} aria-hidden="true">
      <Icon name={iconFor(props.icon, props.kind)} />
    </span>
  );
}
