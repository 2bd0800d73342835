import { isJsonObject } from '@automateos/shared/model/json';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { type Execution, isOver, type LogLine } from '../../lib/api/execution.ts';
import type { Step } from '../../lib/api/step.ts';
import type { GraphNode } from '../../lib/api/workflow.ts';
import { JsonView } from '../../ui/json-value.tsx';
import { Moment } from '../../ui/time-text.tsx';
import { LargeValues } from './large-values.tsx';
import { LogLines } from './log-lines.tsx';
import { StepErrorView } from './step-error-view.tsx';

export type TabName = 'error' | 'output' | 'input' | 'attempts' | 'logs' | 'settings';

export type InspectorTabProps = {
  readonly tab: TabName;
  readonly execution: Execution;
  readonly node: GraphNode;
  readonly step: Step | undefined;
  readonly title: string;
  readonly logs: readonly LogLine[];
  readonly onRetry: (() => void) | null;
  readonly newestVersion: number | null;
  readonly onRetryOn: (version: number) => void;
  readonly onFork: () => void;
  /** A step asked for alone, with its large values. */
  readonly onLoaded: (step: Step) => void;
};

/** What stands under a tab of the inspector. */
export function InspectorTab(props: InspectorTabProps): ReactNode {
  const { step, node, execution } = props;
  switch (props.tab) {
    case 'error':
      return step?.error ? <StepErrorView {...props} failure={step.error} step={step} /> : null;
    case 'output':
      return (
        <>
          <LargeValues execution={execution} step={step} onLoaded={props.onLoaded} />
          <JsonView
            title="Output"
            value={step?.status === 'succeeded' && !step.truncated ? step.output : (step?.output ?? undefined)}
            empty={nothingYet(step, execution)}
          />
        </>
      );
    case 'input':
      return (
        <>
          {step?.edited ? (
            <p className="text-ink-2">
              Changed for a redrive by {step.edited.by}, <Moment at={step.edited.at} />
            </p>
          ) : null}
          <JsonView
            title="Input"
            value={step?.input ?? undefined}
            empty={
              step && step.status !== 'queued'
                ? 'This step keeps no input: it works on the data before it.'
                : nothingYet(step, execution)
            }
          />
          <MissingNote step={step} />
          <WorkflowInput execution={execution} />
        </>
      );
    case 'attempts':
      return <p className="text-ink-3">{nothingYet(step, execution)}</p>;
    case 'logs':
      return (
        <StepLogs
          step={step}
          lines={props.logs.filter((line) => line.nodeId === node.id && (line.scope ?? '') === (step?.scope ?? ''))}
        />
      );
    case 'settings':
      return (
        <>
          <JsonView title="Settings" value={node.params} empty="This step needs no settings." />
          <Link
            to={`/workflows/${execution.workflowId}?view=yaml&step=${encodeURIComponent(node.id)}`}
            className="link self-start"
          >
            Change it in the workflow
          </Link>
        </>
      );
  }
}

function WorkflowInput(props: { readonly execution: Execution }): ReactNode {
  const { input } = props.execution;
  if (input === undefined || input === null || (isJsonObject(input) && Object.keys(input).length === 0)) return null;
  return (
    <details className="rounded-md border border-line p-3">
      <summary className="font-medium">Input of the whole execution</summary>
      <div className="pt-3">
        <JsonView title="Execution input" value={input} empty="" />
      </div>
    </details>
  );
}

/** Paths that led nowhere and became null: often the reason for a surprise further down. */
function MissingNote(props: { readonly step: Step | undefined }): ReactNode {
  const missing = props.step?.missing ?? [];
  if (missing.length === 0) return null;
  return (
    <div className="rounded-md bg-invalid-soft p-3 text-xs">
      <p className="font-medium">Nothing was there, so these became empty</p>
      <ul className="mt-1">
        {missing.map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function StepLogs(props: { readonly step: Step | undefined; readonly lines: readonly LogLine[] }): ReactNode {
  const own = props.step?.logs ?? [];
  if (props.lines.length > 0) return <LogLines lines={props.lines} nameOf={null} />;
  if (own.length === 0) return <p className="text-ink-3">This step wrote no log lines.</p>;
  return <pre className="mono text-xs leading-6 break-words whitespace-pre-wrap">{own.join('\n')}</pre>;
}

function nothingYet(step: Step | undefined, execution: Execution): string {
  if (step?.status === 'waiting') return 'Nothing yet: the step is waiting.';
  if (step?.status === 'running' || step?.status === 'queued') return 'Nothing yet: the step is still at work.';
  if (step) return 'This step returned nothing.';
  return isOver(execution.status) ? 'This step did not run.' : 'Not reached yet.';
}
