/**
 * How the types of resolvers are made: what a parent value is in our code, what a scalar and an enum are inside. Enums have GraphQL's
 * spelling on the wire (TIMED_OUT) and ours inside (timed-out).
 */
import { type GraphQLSchema, isEnumType } from 'graphql';
import { innerEnumValue } from '../functions/src/api/graphql/inner-enum-value.ts';

const model = '@automateos/shared/model';
const sources = '../sources.ts';

/** GraphQL type -> what its resolvers get as parent. */
const mappers = {
  Workflow: `${model}/workflow-view#WorkflowView`,
  WorkflowVersion: `${sources}#VersionSource`,
  WorkflowDraft: `${sources}#DraftSource`,
  Execution: `${sources}#ExecutionSource`,
  Step: `${sources}#StepSource`,
  Viewer: `${model}/principal#Principal`,
  ForkOrigin: `${sources}#ExecutionOrigin`,
  CallOrigin: `${sources}#ExecutionOrigin`,
  Approval: `${model}/approval-view#ApprovalView`,
  ApiKey: `${model}/account#ApiKey as StoredApiKey`,
  AuditEntry: '../../../app/audit/audit-entry.ts#AuditEntry as StoredAuditEntry',
  BudgetState: `${model}/budget#BudgetView`,
  Credential: '../../../app/credentials/credential.ts#Credential as StoredCredential',
  DeadLetter: `${model}/dead-letter#DeadLetterView`,
  Organization: `${model}/account#Organization as StoredOrganization`,
  WebhookEndpoint: `${model}/outgoing-webhook#WebhookEndpoint as StoredEndpoint`,
  WebhookDelivery: `${model}/outgoing-webhook#WebhookDelivery as StoredDelivery`,
  Estimate: `${model}/estimate#EstimateView`,
  ExecutionEvent: `${model}/live-event#LiveItem`,
  ExecutionEventBody: `${sources}#ExecutionEventBodySource`,
  ExecutionCost: `${sources}#CostSource`,
  ExecutionPlanCost: `${sources}#PlanCostSource`,
  Redriven: `${sources}#RedrivenSource`,
  SentEvent: `${sources}#SentEventSource`,
  UsageCounts: `${sources}#CountsSource`,
  RunCounts: `${sources}#RunCountsSource`,
  WorkflowTestReport: `${model}/workflow-test#TestReport as StoredTestReport`,
  NotFoundError: `${sources}#RefusedSource`,
  ForbiddenError: `${sources}#RefusedSource`,
  InvalidError: `${sources}#RefusedSource`,
  ConflictError: `${sources}#RefusedSource`,
  LimitError: `${sources}#RefusedSource`,
};

export const graphqlCodegenConfig = {
  contextType: '../graphql-context.ts#GraphqlContext',
  mappers,
  scalars: {
    ID: { input: 'string', output: 'string' },
    JSON: { input: `${model}/json#JsonValue`, output: 'unknown' },
    DateTime: { input: 'string', output: 'string' },
    Long: { input: 'number', output: 'number' },
  },
  strictScalars: true,
  useTypeImports: true,
  immutableTypes: true,
  enumsAsTypes: true,
  namingConvention: 'keep',
  avoidOptionals: { field: true, object: false, inputValue: false, defaultValue: false },
  maybeValue: 'T | null',
  inputMaybeValue: 'T | null | undefined',
  optionalResolveType: true,
};

export function enumValuesOf(schema: GraphQLSchema): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const enums = Object.values(schema.getTypeMap()).filter(isEnumType);
  return Object.fromEntries(
    enums
      .filter(({ name }) => !name.startsWith('__'))
      .map((type) => [type.name, Object.fromEntries(type.getValues().map(({ name }) => [name, innerEnumValue(name)]))]),
  );
}
