/** A failed step: what happened, why, what to do; then the details; the code comes last. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { type Execution, isOver } from '../../lib/api/execution.ts';
import type { Failure, Step } from '../../lib/api/step.ts';
import type { GraphNode } from '../../lib/api/workflow.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json-value.tsx';
import { errorTitle, mayPassLater } from './error-words.ts';
import { triesOf } from './step-index.ts';

export function StepErrorView(props: {
  readonly failure: Failure;
  readonly step: Step;
  readonly node: GraphNode;
  readonly execution: Execution;
  readonly title: string;
  readonly onRetry: (() => void) | null;
  readonly newestVersion: number | null;
  readonly onRetryOn: (version: number) => void;
  readonly onFork: () => void;
}): ReactNode {
  const { failure, step, execution } = props;
  const tries = Math.max(step.attempt, triesOf(step).length);
  const newer = props.newestVersion !== null && props.newestVersion > execution.version ? props.newestVersion : null;
  const report = [
    `${props.title} (${step.nodeId}) failed in ${execution.id}`,
    failure.message,
    `code ${failure.code}`,
    `attempts ${tries}`,
    JSON.stringify(failure.details ?? null),
  ].join('\n');
  return (
    <>
      <div className="flex flex-col gap-1.5 border-l-3 border-failed pl-3">
        <h3 className="text-lg font-semibold">{errorTitle(failure, props.title)}</h3>
        <p className="break-words whitespace-pre-wrap text-ink-2">{failure.message}</p>
        {tries > 1 ? <p className="text-ink-2">All {tries} tries ended like this.</p> : null}
      </div>
      {isOver(execution.status) ? (
        <section className="flex flex-col gap-2" aria-label="What you can do">
          <h3 className="font-medium">What you can do</h3>
          {props.onRetry ? (
            <Choice
              icon="retry"
              title="Retry from this step"
              help={
                mayPassLater(failure)
                  ? 'The cause may have passed. Finished steps are kept.'
                  : 'Once the other side is mended. Finished steps are kept.'
              }
              onClick={props.onRetry}
            />
          ) : null}
          {newer === null ? null : (
            <Choice
              icon="history"
              title={`Go on with v${newer}`}
              help="A new execution on the newer version. Finished steps that did not change are kept."
              onClick={() => props.onRetryOn(newer)}
            />
          )}
          {step.deadLetter ? (
            <Link
              to={`/dead-letters/${step.deadLetter}`}
              className="flex items-center gap-2.5 rounded-md border border-line px-2.5 py-2 hover:bg-hover"
            >
              <ChoiceText icon="inbox" title="Open its dead letter" help="Redrive this step with another input, or discard it." />
            </Link>
          ) : null}
          <Link
            to={`/workflows/${execution.workflowId}?view=yaml&step=${encodeURIComponent(step.nodeId)}`}
            className="flex items-center gap-2.5 rounded-md border border-line px-2.5 py-2 hover:bg-hover"
          >
            <ChoiceText icon="pencil" title="Mend the workflow" help="Change this step, then retry on the new version." />
          </Link>
          <Choice
            icon="fork"
            title="Fork with another input"
            help="A new execution that keeps what is done before this step."
            onClick={props.onFork}
          />
        </section>
      ) : null}
      {failure.details === undefined || failure.details === null ? null : (
        <JsonView title="Details" value={failure.details} empty="" />
      )}
      <div className="flex items-center gap-2 text-xs text-ink-3">
        <span className="min-w-0 flex-1">
          Code <code>{failure.code}</code>
        </span>
        <CopyButton text={report} label="Copy report">
          Copy report
        </CopyButton>
      </div>
    </>
  );
}

function Choice(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly help: string;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <button
      type="button"
      className="flex items-center gap-2.5 rounded-md border border-line px-2.5 py-2 text-left hover:bg-hover"
      onClick={props.onClick}
    >
      <ChoiceText {...props} />
    </button>
  );
}

function ChoiceText(props: { readonly icon: IconName; readonly title: string; readonly help: string }): ReactNode {
  return (
    <>
      <span className="tile tile-sm bg-sunken text-ink-2">
        <Icon name={props.icon} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{props.title}</span>
        <span className="block text-xs text-ink-3">{props.help}</span>
      </span>
      <Icon name="right" className="size-3.5!" />
    </>
  );
}
