/** Three panes on one selection: graph, timeline and log, inspector. */
import type { ReactNode } from 'react';
import { WorkflowGraph } from '../../ui/graph/workflow-graph.tsx';
import { JsonView } from '../../ui/json-value.tsx';
import { ExecutionHeader } from './execution-header.tsx';
import { Inspector } from './inspector.tsx';
import { LogPane } from './log-pane.tsx';
import { Timeline } from './timeline.tsx';
import type { ExecutionModel } from './use-execution-model.ts';

export function ExecutionDesk(props: { readonly model: ExecutionModel }): ReactNode {
  const { model } = props;
  const { execution, node } = model;
  return (
    <>
      <ExecutionHeader
        execution={execution}
        workflowName={model.workflowName}
        failedAt={model.failedAt}
        newestVersion={model.newestVersion}
        counts={model.counts}
        stream={model.live.stream}
        actions={model.actions}
        onFork={() => model.openFork(model.failedNodeId ?? node?.id ?? null)}
      />
      <div className={`panes ${node ? 'has-inspector' : ''}`}>
        <WorkflowGraph
          label={`Graph of ${model.workflowName}`}
          cards={model.cards}
          edges={model.edges}
          selectedId={node?.id ?? null}
          onSelect={model.selectCard}
        />
        <section
          aria-label="Timeline and log"
          className="flex min-h-0 min-w-0 flex-col border-l border-line bg-surface max-xl:border-t max-xl:border-l-0"
        >
          {model.definitionLost ? (
            <p className="border-b border-line bg-invalid-soft px-4 py-2">
              The version it ran on could not be read. What it did is shown below.
            </p>
          ) : null}
          <Timeline
            rows={model.rows}
            catalogue={model.catalogue}
            selectedKey={model.selectedKey}
            startMs={model.startMs}
            endMs={model.endMs}
            live={!model.over}
            onSelect={model.selectRow}
            onToggle={model.toggleRow}
          />
          {model.live.moreSteps ? (
            <div className="flex items-center gap-3 border-t border-line px-4 py-2 text-xs text-ink-2">
              The first {model.live.steps.size.toLocaleString('en')} steps are shown.
              <button type="button" className="btn btn-sm" onClick={model.live.loadMoreSteps}>
                Load 1,000 more
              </button>
            </div>
          ) : null}
          <ResultBar model={model} />
          <LogPane logs={model.logs} nameOf={model.nameOf} selected={node?.id ?? null} />
        </section>
        {node ? <StepInspector model={model} /> : null}
      </div>
    </>
  );
}

/** The inspector, fed from the page's model; null while nothing is selected. */
export function StepInspector(props: { readonly model: ExecutionModel }): ReactNode {
  const { model } = props;
  const { node, selection } = model;
  if (!node) return null;
  return (
    <Inspector
      execution={model.execution}
      node={node}
      step={model.step}
      scope={model.step?.scope ?? ''}
      siblings={model.siblings}
      catalogue={model.catalogue}
      tab={selection.tab}
      logs={model.logs.lines}
      onTab={selection.setTab}
      onScope={(scope) => selection.select(node.id, scope)}
      onClose={selection.clear}
      onRetry={model.over && model.execution.status !== 'succeeded' ? () => model.actions.run('retry') : null}
      newestVersion={model.newestVersion}
      onRetryOn={(version) => model.actions.run('retry', version)}
      onFork={() => model.openFork(node.id)}
      onLoaded={model.live.take}
    />
  );
}

function ResultBar(props: { readonly model: ExecutionModel }): ReactNode {
  const { output, status } = props.model.execution;
  if (status !== 'succeeded' || output === undefined || output === null) return null;
  return (
    <details className="max-h-72 shrink-0 overflow-auto border-t border-line px-4 py-2">
      <summary className="font-medium">Result of the execution</summary>
      <div className="py-2">
        <JsonView title="Result" value={output} empty="" />
      </div>
    </details>
  );
}
