/** What a step is set to do, beside the graph. Editing is in the YAML view. */
import type { JsonObject } from '@automateos/shared/model/json';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import type { GraphNode } from '../../lib/api/workflow.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json-value.tsx';
import { Tile } from '../../ui/tile.tsx';

export function NodePanel(props: {
  readonly node: GraphNode;
  readonly catalogue: NodeCatalogue;
  readonly workflowId: string;
  readonly onClose: () => void;
}): ReactNode {
  const { node, catalogue } = props;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const type = catalogue.find(node.type);
  return (
    <aside
      aria-label={catalogue.titleOf(node)}
      className="flex min-h-0 w-full flex-col border-l border-line bg-surface max-md:absolute max-md:inset-0 max-md:z-10 md:w-103 md:shrink-0"
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onClose();
      }}
    >
      <header className="flex items-center gap-2.5 py-3 pr-3 pl-4">
        <Tile icon={catalogue.iconOf(node)} kind={catalogue.kindOf(node)} />
        <div className="min-w-0 flex-1">
          <h2 ref={title} tabIndex={-1} className="truncate text-base font-semibold">
            {catalogue.titleOf(node)}
          </h2>
          <p className="truncate text-xs text-ink-3">
            {catalogue.typeTitleOf(node)} · <code>{node.id}</code>
          </p>
        </div>
        <button type="button" className="btn btn-ghost btn-sm btn-icon" aria-label="Close" onClick={props.onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto border-t border-line p-4">
        {type?.description ? <p className="text-ink-2">{type.description}</p> : null}
        {node.notes ? <p className="rounded-md border border-note-line bg-note p-3 text-xs text-note-ink">{node.notes}</p> : null}
        <JsonView title="Settings" value={settingsOf(node)} empty="This step needs no settings." />
      </div>
      <footer className="flex items-center gap-2 border-t border-line px-4 py-2.5">
        <span className="flex-1 text-xs text-ink-3">Change it in the YAML view.</span>
        <Link to={`/workflows/${props.workflowId}?view=yaml&step=${encodeURIComponent(node.id)}`} className="btn btn-sm">
          <Icon name="code" />
          Open YAML
        </Link>
      </footer>
    </aside>
  );
}

function settingsOf(node: GraphNode): JsonObject {
  const { id: _id, type: _type, label: _label, notes: _notes, params, position: _position, ...rest } = node;
  return { ...params, ...(rest as JsonObject) }; // the rest of a parsed JSON object is JSON
}
