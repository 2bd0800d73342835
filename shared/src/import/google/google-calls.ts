/** Steps that call: HTTP, sleeping, logging, callbacks; the clients of Google's services are kept as placeholders. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { atom, stepOutput, template } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { fieldOf, objectValue, paramOf, textOf, textValue, type Value } from '../value.ts';
import type { GoogleContext } from './google-flow.ts';
import { callFunction, isFunction } from './google-library.ts';

export type CallNode = {
  readonly type: string;
  readonly params: JsonObject;
  readonly timeoutMs?: number;
  readonly credential?: string;
  readonly partly?: string;
  readonly result: (id: string) => Value;
  /** It can fail on its own, and be tried again. */
  readonly effect: boolean;
};

/** Throws Unmappable with what to do about it. */
export function callNode(call: string, args: Value, context: GoogleContext): CallNode {
  const verb = /^http\.(get|post|put|patch|delete|request)$/.exec(call)?.[1];
  if (verb !== undefined) return httpNode(verb, args);
  const arg = (name: string): Value => fieldOf(args, name);
  switch (call) {
    case 'sys.sleep':
      return plain('flow.wait', { durationMs: seconds(arg('seconds')) });
    case 'sys.sleep_until':
      return plain('flow.wait', { until: paramOf(arg('time')) });
    case 'sys.log': {
      const values = { text: paramOf(arg('text')), severity: paramOf(arg('severity')), data: paramOf(arg('json')) };
      return { ...plain('data.set', { values }), partly: 'What it logs is the output of the step here.' };
    }
    case 'events.await_callback': {
      const timeout = arg('timeout');
      const params = isNull(timeout) ? {} : { timeoutMs: seconds(timeout) };
      const partly = 'Its address is {{ execution.callbackUrl("this id") }}, which an earlier step has to hand out.';
      return {
        ...plain('flow.callback', params),
        partly,
        result: (id) => objectValue([['http_request', objectValue([['body', textValue(stepOutput(id))]])]]),
      };
    }
    case 'events.create_callback_endpoint':
      throw new Unmappable(
        'An address for a callback is there from the start here: execution.callbackUrl(id of the waiting step).',
      );
  }
  if (isFunction(call)) return functionNode(call, args);
  if (call.startsWith('googleapis.')) {
    throw new Unmappable(
      `It calls the connector ${call.slice(0, 200)}, which has no like here: call the REST address of the service by http.request.`,
    );
  }
  throw new Unmappable(
    `There is nothing named ${call.slice(0, 200)} to call.${context.subs.size > 0 ? '' : ' The file has no subworkflows.'}`,
  );
}

const plain = (type: string, params: JsonObject): CallNode => ({
  type,
  params,
  effect: false,
  result: (id) => textValue(stepOutput(id)),
});

const isNull = (value: Value): boolean => value.kind === 'literal' && value.value === null;

function seconds(value: Value): JsonValue {
  if (value.kind === 'literal' && typeof value.value === 'number') return Math.round(value.value * 1_000);
  return template(`${atom(textOf(value))} * 1000`);
}

function functionNode(call: string, args: Value): CallNode {
  const given = args.kind === 'object' ? [...args.fields.values()].map(textOf) : [];
  return plain('data.transform', { expression: template(callFunction(call, given)) });
}

function httpNode(verb: string, args: Value): CallNode {
  const arg = (name: string): Value => fieldOf(args, name);
  const [url, headers, query, body, auth, timeout] = ['url', 'headers', 'query', 'body', 'auth', 'timeout'].map(arg);
  const method = verb === 'request' ? paramOf(arg('method')) : verb.toUpperCase();
  const optional = (name: string, value: Value | undefined): JsonObject =>
    value === undefined || isNull(value) ? {} : { [name]: paramOf(value) };
  const type = auth === undefined ? null : fieldOf(auth, 'type');
  const kind = type?.kind === 'literal' && typeof type.value === 'string' ? type.value : null;
  const ms =
    timeout?.kind === 'literal' && typeof timeout.value === 'number' ? { timeoutMs: Math.round(timeout.value * 1_000) } : {};
  return {
    type: 'http.request',
    params: {
      method,
      url: url === undefined ? '' : paramOf(url),
      ...optional('query', query),
      ...optional('headers', headers),
      ...optional('body', body),
    },
    ...ms,
    ...(kind === null
      ? {}
      : {
          credential: `google-${kind.toLowerCase()}`,
          partly: `Its ${kind.slice(0, 40)} token came from the service account of the workflow; here the credential google-${kind.toLowerCase()} has to be made.`,
        }),
    effect: true,
    result: (id) =>
      objectValue([
        ['code', textValue(`steps.${id}.output.status`)],
        ['headers', textValue(`steps.${id}.output.headers`)],
        ['body', textValue(`steps.${id}.output.body`)],
      ]),
  };
}

/** What `except: as` sees. The status of an answer stands in our message. */
export function caughtError(nodeId: string): Value {
  const message = `steps.${nodeId}.output.error.message`;
  return objectValue([
    ['message', textValue(message)],
    ['code', textValue(`Number(/status ([1-5]\\d\\d)/.exec(${message})?.[1])`)],
    ['tags', textValue(`[steps.${nodeId}.output.error.code]`)],
  ]);
}

export function retryPolicy(retry: JsonValue | undefined): { readonly policy: JsonObject | null; readonly partly?: string } {
  if (retry === undefined || retry === null) return { policy: null };
  const transient = ['network', '429', '5xx', 'timeout'];
  if (typeof retry === 'string') {
    const known = /http\.default_retry(?:_non_idempotent)?\s*\}/.test(retry);
    const policy = {
      maxAttempts: 6,
      initialMs: 1_000,
      factor: 1.25,
      maxMs: 60_000,
      jitter: true,
      on: known ? transient : ['any'],
    };
    return known ? { policy } : { policy, partly: 'Its retry policy is computed; the usual one stands here.' };
  }
  if (!isJsonObject(retry)) return { policy: null, partly: 'Its retry policy does not read.' };
  const { predicate, max_retries: most, backoff } = retry;
  const of = (name: string, fallback: number): number => {
    const value = isJsonObject(backoff) ? backoff[name] : undefined;
    return typeof value === 'number' ? value : fallback;
  };
  const isUsual = typeof predicate === 'string' && /http\.default_retry_predicate/.test(predicate);
  const policy = {
    maxAttempts: Math.min(100, (typeof most === 'number' ? most : 5) + 1),
    initialMs: Math.round(of('initial_delay', 1) * 1_000),
    factor: Math.min(10, Math.max(1, of('multiplier', 1.25))),
    maxMs: Math.min(86_400_000, Math.round(of('max_delay', 60) * 1_000)),
    jitter: false,
    on: isUsual ? transient : ['any'],
  };
  if (isUsual || predicate === undefined) return { policy };
  return { policy, partly: 'Which failures it tries again is decided by a predicate of its own; here any failure is.' };
}
