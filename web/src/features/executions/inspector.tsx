/** One step in full: what went in, what came out or went wrong, its tries, its log, its settings. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import type { Execution, LogLine } from '../../lib/api/execution.ts';
import type { Step } from '../../lib/api/step.ts';
import type { GraphNode } from '../../lib/api/workflow.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { Icon } from '../../ui/icon.tsx';
import { StatusBadge } from '../../ui/status.tsx';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { Tile } from '../../ui/tile.tsx';
import { AttemptList } from './attempt-list.tsx';
import { InspectorTab, type TabName } from './inspector-tab.tsx';
import { ItemPicker } from './item-picker.tsx';
import { triesOf } from './step-index.ts';

export type InspectorProps = {
  readonly execution: Execution;
  readonly node: GraphNode;
  readonly step: Step | undefined;
  readonly scope: string;
  /** All runs of this node, for the picker of items. */
  readonly siblings: readonly Step[];
  readonly catalogue: NodeCatalogue;
  readonly tab: TabName | null;
  readonly logs: readonly LogLine[];
  readonly onTab: (tab: TabName) => void;
  readonly onScope: (scope: string) => void;
  readonly onClose: () => void;
  readonly onRetry: (() => void) | null;
  readonly newestVersion: number | null;
  readonly onRetryOn: (version: number) => void;
  readonly onFork: () => void;
  readonly onLoaded: (step: Step) => void;
};

export function Inspector(props: InspectorProps): ReactNode {
  const { node, step, catalogue } = props;
  const panelId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const { id } = node;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step's panel takes the focus to its title
  useEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  const title = catalogue.titleOf(node);
  const tries = step ? Math.max(step.attempt, triesOf(step).length) : 0;
  const items = tabsFor(step, tries);
  const tab = items.find((item) => item.value === props.tab)?.value ?? items[0]?.value ?? 'settings';
  return (
    <aside
      aria-label={`${title}, ${step?.status ?? 'not reached'}`}
      className="pane-inspector"
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onClose();
      }}
    >
      <header className="flex items-center gap-2.5 pt-3 pr-3 pb-2 pl-4">
        <Tile icon={catalogue.iconOf(node)} kind={catalogue.kindOf(node)} />
        <div className="min-w-0 flex-1">
          <h2 ref={heading} tabIndex={-1} className="truncate text-base font-semibold">
            {title}
          </h2>
          <p className="truncate text-xs text-ink-3">
            {catalogue.typeTitleOf(node)}
            {tries > 1 ? ` · ${tries} attempts` : ''} · <code>{node.id}</code>
          </p>
        </div>
        {step ? <StatusBadge status={step.status} /> : null}
        <button type="button" className="btn btn-ghost btn-sm btn-icon" aria-label="Close the step" onClick={props.onClose}>
          <Icon name="x" />
        </button>
      </header>
      <ItemPicker siblings={props.siblings} scope={props.scope} onScope={props.onScope} />
      <Tabs label={`About ${title}`} items={items} value={tab} panelId={panelId} onChange={props.onTab} />
      <div
        id={panelId}
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling panel must be reachable by keyboard
        tabIndex={0}
        aria-label={items.find((item) => item.value === tab)?.label ?? ''}
        className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4 -outline-offset-2"
      >
        {tab === 'attempts' && step ? <AttemptList step={step} /> : <InspectorTab {...props} tab={tab} title={title} />}
      </div>
    </aside>
  );
}

function tabsFor(step: Step | undefined, tries: number): readonly TabItem<TabName>[] {
  const result: TabItem<TabName> = step?.error ? { value: 'error', label: 'Error' } : { value: 'output', label: 'Output' };
  return [
    result,
    ...(step?.error && step.output !== undefined && step.output !== null ? [{ value: 'output', label: 'Output' } as const] : []),
    { value: 'input', label: 'Input' },
    { value: 'attempts', label: 'Attempts', count: tries },
    { value: 'logs', label: 'Logs' },
    { value: 'settings', label: 'Settings' },
  ];
}
