/** What resolvers get as parents where that is no view of the model. */
import type { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionSummaryView, ExecutionView, LogLineView } from '@automateos/shared/model/execution-view';
import type { LiveEvent } from '@automateos/shared/model/live-event';
import type { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { Counts, RunCounts } from '../../app/admin/read-usage.ts';
import type { Redriven } from '../../app/dead-letters/redrive-dead-letter.ts';
import type { SentEvent } from '../../app/events/send-event.ts';
import type { LazyStep } from '../../app/executions/read-many-executions.ts';
import type { CheckedDraft } from '../../app/workflows/draft.ts';

/** `workflow` where it is at hand: says which version is active. */
export type VersionSource = { readonly version: WorkflowVersion; readonly workflow?: Workflow };
export type DraftSource = CheckedDraft;
export type ExecutionSource = ExecutionSummaryView;
export type ExecutionOrigin = { readonly executionId: string; readonly nodeId: string };
export type StepSource = LazyStep;
export type CostSource = ExecutionView['cost'];
export type PlanCostSource = Omit<CostSource, 'attempts'>;
export type CountsSource = Counts;
export type RunCountsSource = RunCounts;
export type RedrivenSource = Redriven;
export type SentEventSource = SentEvent;
/** A use case has refused. */
export type RefusedSource = { readonly refused: AppError };

export type ExecutionEventBodySource =
  | { readonly kind: 'ExecutionChanged'; readonly execution: ExecutionSource }
  | { readonly kind: 'StepChanged'; readonly step: StepSource }
  | { readonly kind: 'LogLineWritten'; readonly line: LogLineView }
  | ({ readonly kind: 'TokenDelta' } & Extract<LiveEvent, { type: 'token' }>['token']);
