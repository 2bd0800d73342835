/** Holds what an execution did against what its test expects, and words each difference. What a test does not mention does not matter. */
import type { Execution, ExecutionStatus } from '@automateos/shared/model/execution';
import type { StepView } from '@automateos/shared/model/execution-view';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Expectation, TestFailure } from '@automateos/shared/model/workflow-test';
import { asDocument } from '../engine/as-document.ts';
import { type Difference, differences } from './contains.ts';
import { matchesAddress } from './match-address.ts';
import type { HttpCall } from './mock-http.ts';

export type Observed = {
  readonly status: ExecutionStatus | null;
  readonly output: JsonValue;
  readonly error: Execution['error'];
  /** Nodes that ran, in the order of their first start. */
  readonly path: readonly string[];
  readonly steps: readonly { readonly nodeId: string; readonly port: string | null }[];
  readonly calls: readonly HttpCall[];
  readonly virtualMs: number;
  /** Those that are expected, by node id, or scope:node; null where there is none. */
  readonly expected: ReadonlyMap<string, StepView | null>;
};

export function checkExpectations(expect: Expectation, observed: Observed): readonly TestFailure[] {
  const { output, error } = observed;
  return [
    ...unhandled(expect, observed),
    ...(expect.status === undefined ? [] : worded(differences(observed.status, expect.status, 'status'))),
    ...(expect.output === undefined ? [] : worded(differences(output, expect.output, 'output', { exact: true }))),
    ...(expect.outputContains === undefined ? [] : worded(differences(output, expect.outputContains, 'output'))),
    ...(expect.path === undefined ? [] : worded(pathDifference(observed.path, expect.path))),
    ...notReached(expect.notReached ?? [], observed),
    ...(expect.error === undefined ? [] : checkError(error, expect.error)),
    ...Object.entries(expect.steps ?? {}).flatMap(([key, step]) => checkStep(key, observed.expected.get(key) ?? null, step)),
    ...(expect.httpCalls === undefined ? [] : checkCalls(observed.calls, expect.httpCalls)),
  ];
}

/** A test that says nothing of failures means that there are none; a request without a mock is one in any case. */
function unhandled({ status, error }: Expectation, observed: Observed): readonly TestFailure[] {
  const missing = observed.calls.filter(({ mocked }) => !mocked);
  const told = missing.map(({ method, url }) =>
    failure('mocks.http', null, url, `No mock answers ${method} ${url.slice(0, 500)}.`),
  );
  const { error: happened } = observed;
  if (happened?.code === 'MOCK_MISSING' && missing.length === 0) return [failure('mocks.nodes', null, null, happened.message)];
  if (status !== undefined || error !== undefined || happened === null || told.length > 0) return told;
  const where = happened.nodeId === undefined ? '' : ` at ${happened.nodeId}`;
  return [failure('status', 'succeeded', observed.status, `The execution failed${where}: ${happened.code}: ${happened.message}`)];
}

function failure(path: string, expected: JsonValue, actual: JsonValue, message: string): TestFailure {
  return { path, expected, actual, message };
}

const shown = (value: JsonValue): string => {
  const text = JSON.stringify(value);
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
};

function worded(found: readonly Difference[]): readonly TestFailure[] {
  return found.map(({ path, expected, actual }) =>
    failure(path, expected, actual, `${path} is ${shown(actual)}, expected ${shown(expected)}.`),
  );
}

function pathDifference(actual: readonly string[], expected: readonly string[]): readonly Difference[] {
  return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ path: 'path', expected, actual }];
}

function notReached(nodes: readonly string[], { path }: Observed): readonly TestFailure[] {
  return nodes.filter((id) => path.includes(id)).map((id) => failure('notReached', id, id, `${id} was reached.`));
}

type ExpectedError = NonNullable<Expectation['error']>;
type ActualError = { readonly code: string; readonly message: string; readonly nodeId?: string | undefined } | null;

/** Of a message a part is enough: it holds values. */
function checkError(actual: ActualError, expected: ExpectedError, path = 'error'): readonly TestFailure[] {
  const { message, ...exact } = expected;
  const wanted = asDocument(expected);
  if (actual === null) return [failure(path, wanted, null, `${path}: there was none, expected ${shown(wanted)}.`)];
  const { code, nodeId = null } = actual;
  const found = worded(differences({ code, nodeId }, asDocument(exact), path));
  if (message === undefined || actual.message.includes(message)) return found;
  const told = `${path}.message is ${shown(actual.message)}, which does not contain ${shown(message)}.`;
  return [...found, failure(`${path}.message`, message, actual.message, told)];
}

type ExpectedStep = NonNullable<Expectation['steps']>[string];

function checkStep(key: string, step: StepView | null, expected: ExpectedStep): readonly TestFailure[] {
  const path = `steps.${key}`;
  if (step === null) return [failure(path, asDocument(expected), null, `${path}: there is no such step.`)];
  const { error, attempts, ...parts } = expected;
  const attemptsWanted = attempts === undefined ? {} : { attempt: attempts };
  const actual = {
    ...{ status: step.status, port: step.port, attempt: step.attempt },
    ...{ output: step.output as JsonValue, input: step.input as JsonValue }, // stored values are JSON
  };
  const found = worded(differences(actual, asDocument({ ...parts, ...attemptsWanted }), path));
  return error === undefined ? found : [...found, ...checkError(step.error, error, `${path}.error`)];
}

type ExpectedCalls = NonNullable<Expectation['httpCalls']>;

function checkCalls(calls: readonly HttpCall[], expected: ExpectedCalls): readonly TestFailure[] {
  const found: TestFailure[] = [];
  if (calls.length !== expected.length) {
    const list = calls.map(({ method, url }) => `${method} ${url}`);
    const told = `${calls.length} requests were sent, expected ${expected.length}: ${list.join(', ').slice(0, 1_000) || 'none'}.`;
    found.push(failure('httpCalls.length', expected.length, calls.length, told));
  }
  for (const [index, wanted] of expected.entries()) {
    const call = calls[index];
    if (call === undefined) continue;
    const path = `httpCalls[${index}]`;
    const address = `${wanted.method ?? ''} ${wanted.url ?? wanted.pattern ?? ''}`.trim();
    if (!matchesAddress(call, wanted)) {
      found.push(
        failure(path, address, `${call.method} ${call.url}`, `${path} is ${call.method} ${call.url}, expected ${address}.`),
      );
    }
    const { headers, body } = wanted;
    if (headers !== undefined) found.push(...worded(differences(call.headers, lowerNames(headers), `${path}.headers`)));
    if (body !== undefined) found.push(...worded(differences(call.body, body, `${path}.body`)));
  }
  return found;
}

function lowerNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
