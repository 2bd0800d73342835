/** Task states: HTTP calls and nested executions have a like here; functions and services of the cloud are kept as placeholders. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { fieldOf, objectValue, paramOf, textValue, type Value } from '../value.ts';
import { textField } from './asl-path.ts';

export type TaskNode = {
  readonly type: string;
  readonly params: JsonObject;
  readonly credential?: { readonly name: string; readonly kind: string };
  /** Where the result of the state is found, once the node has an id. */
  readonly result: (id: string) => Value;
  readonly partly?: string;
};

/** The result of a call, as Step Functions shows it. */
const httpResult = (id: string): Value =>
  objectValue([
    ['StatusCode', textValue(`steps.${id}.output.status`)],
    ['ResponseBody', textValue(`steps.${id}.output.body`)],
    ['Headers', textValue(`steps.${id}.output.headers`)],
  ]);

/** Throws Unmappable with what to do about it. */
export function taskNode(state: JsonObject, args: Value): TaskNode {
  const resource = textField(state, 'Resource') ?? '';
  if (/:states:[^:]*:[^:]*:http:invoke$/.test(resource)) return httpNode(args);
  if (/:states:[^:]*:[^:]*:states:startExecution/.test(resource)) return callNode(resource, args);
  const lambda = /:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(resource)?.[1];
  if (lambda !== undefined || resource.includes(':lambda:invoke')) {
    const name = lambda ?? nameOf(fieldOf(args, 'FunctionName'));
    throw new Unmappable(
      `It invokes the AWS Lambda function ${name}: give that function an address and call it by http.request, or move its code into a script.`,
    );
  }
  if (resource.includes(':activity:')) throw new Unmappable('It waits for a worker of an activity: use a callback.');
  const service = /:states:[^:]*:[^:]*:(?:aws-sdk:)?([^:]+:[^:.]+)/.exec(resource)?.[1] ?? resource;
  throw new Unmappable(
    `It calls ${service.slice(0, 200) || 'no resource'}, an integration that has no like here: call the service by http.request.`,
  );
}

const nameOf = (value: Value): string =>
  (value.kind === 'literal' ? (String(value.value).split(':').at(-1) ?? '') : 'that is computed').slice(0, 200);

function httpNode(args: Value): TaskNode {
  const [url, method, headers, query, body] = ['ApiEndpoint', 'Method', 'Headers', 'QueryParameters', 'RequestBody'].map((name) =>
    fieldOf(args, name),
  );
  const form = fieldOf(fieldOf(args, 'Transform'), 'RequestBodyEncoding');
  const isForm = form.kind === 'literal' && form.value === 'URL_ENCODED';
  const arn = fieldOf(fieldOf(args, 'Authentication'), 'ConnectionArn');
  const connection = arn.kind === 'literal' ? (/connection\/([^/]+)/.exec(String(arn.value))?.[1] ?? null) : null;
  return {
    type: 'http.request',
    params: {
      method: param(method) ?? 'GET',
      url: param(url) ?? '',
      ...optional('headers', headers),
      ...optional('query', query),
      ...optional('body', body),
      ...(isForm ? { bodyType: 'form' } : {}),
    },
    ...(connection === null ? {} : { credential: { name: connection, kind: 'http' } }),
    result: httpResult,
  };
}

function param(value: Value | undefined): JsonValue | undefined {
  if (value === undefined || (value.kind === 'literal' && value.value === null)) return undefined;
  return paramOf(value);
}

function optional(name: string, value: Value | undefined): JsonObject {
  const found = param(value);
  return found === undefined ? {} : { [name]: found };
}

function callNode(resource: string, args: Value): TaskNode {
  const arn = fieldOf(args, 'StateMachineArn');
  if (arn.kind !== 'literal' || typeof arn.value !== 'string') throw new Unmappable('Which state machine it starts is computed.');
  const workflow = arn.value.split(':').at(-1) ?? '';
  const wait = resource.includes('.sync');
  const input = param(fieldOf(args, 'Input'));
  return {
    type: 'flow.call',
    params: { workflow, ...(input === undefined ? {} : { input }), ...(wait ? {} : { wait: false }) },
    result: (id) =>
      wait
        ? objectValue([
            [
              'Output',
              resource.includes('.sync:2') ? textValue(`steps.${id}.output`) : textValue(`json.stringify(steps.${id}.output)`),
            ],
          ])
        : objectValue([['ExecutionArn', textValue(`steps.${id}.output.executionId`)]]),
    partly: `It calls the workflow ${workflow.slice(0, 200)}, which has to be imported, too.`,
  };
}

/** Retriers as one policy; what it cannot say is told. */
export function retryOf(state: JsonObject): { readonly retry?: JsonObject; readonly partly?: string } {
  const list = (Array.isArray(state.Retry) ? state.Retry : []).filter(isJsonObject);
  const [first] = list;
  if (first === undefined) return {};
  const number = (name: string, fallback: number): number => (typeof first[name] === 'number' ? first[name] : fallback);
  const names = list.flatMap(({ ErrorEquals }) => (Array.isArray(ErrorEquals) ? ErrorEquals.map(String) : []));
  const on = new Set(names.map(reasonOf));
  const retry = {
    maxAttempts: Math.min(100, number('MaxAttempts', 3) + 1),
    initialMs: Math.min(86_400_000, Math.round(number('IntervalSeconds', 1) * 1_000)),
    factor: Math.min(10, Math.max(1, number('BackoffRate', 2))),
    maxMs: Math.min(86_400_000, Math.round(number('MaxDelaySeconds', 86_400) * 1_000)),
    jitter: first.JitterStrategy === 'FULL',
    on: on.has('any') ? ['any'] : [...on],
  };
  const odd = names.some((name) => !known.has(name));
  const partly = [
    ...(list.length > 1 ? ['Its retriers became one policy with the numbers of the first.'] : []),
    ...(odd ? ['Some errors that it retries are told only as any failure here.'] : []),
  ].join(' ');
  return partly === '' ? { retry } : { retry, partly };
}

const known = new Set(['States.ALL', 'States.TaskFailed', 'States.Timeout', 'States.Http.StatusCode.429']);

function reasonOf(name: string): string {
  if (name === 'States.Timeout') return 'timeout';
  if (name === 'States.Http.StatusCode.429') return '429';
  return /^States\.Http\.StatusCode\.5/.test(name) ? '5xx' : 'any';
}

/** Whether an error of ours is meant by ErrorEquals. */
export function errorCondition(names: readonly string[], nodeId: string): string {
  if (names.some((name) => name === 'States.ALL' || name === 'States.TaskFailed')) return 'true';
  const code = `steps.${nodeId}.output.error.code`;
  return names
    .map((name) =>
      name === 'States.Timeout' ? `["TIMEOUT", "HTTP_TIMEOUT"].includes(${code})` : `${code} === ${JSON.stringify(name)}`,
    )
    .join(' || ');
}

export const errorValue = (nodeId: string): Value =>
  objectValue([
    ['Error', textValue(`steps.${nodeId}.output.error.code`)],
    ['Cause', textValue(`steps.${nodeId}.output.error.message`)],
  ]);
