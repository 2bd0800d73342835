import type { ExecutionSummaryView } from '@automateos/shared/model/execution-view';
import type { ListedExecution } from '../../../app/executions/list-executions.ts';
import { presentSummary } from '../../../app/executions/read-execution-view.ts';
import type { GraphqlContext } from '../graphql-context.ts';

/** What the list has read is not read again. */
export function presentListed({ loaders }: GraphqlContext, { status, ...found }: ListedExecution): ExecutionSummaryView {
  const summary = presentSummary(found.data, status);
  loaders.stored.prime(found.data.id, found);
  loaders.execution.prime(found.data.id, summary);
  return summary;
}
