/**
 * Values in and out of documents: small ones inline, large ones as blobs, results of a for-each put together from its items' steps.
 */

import { type Plan, planScope } from '@automateos/shared/engine/plan';
import { scopedId } from '@automateos/shared/engine/scope';
import { Branch, type Step } from '@automateos/shared/model/branch';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { inlineLimitBytes, outputLimitBytes, type StoredValue } from '@automateos/shared/model/stored-value';
import type { App } from '../app-context.ts';
import { eachBranch } from './each-branch.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Owner = { readonly org: string; readonly id: string };

/** `name` must be unique within the execution. Throws StepError OUTPUT_TOO_LARGE above `limitBytes`, 8 MiB by default. */
export async function storeValue(
  app: App,
  owner: Owner,
  name: string,
  value: JsonValue,
  limitBytes: number = outputLimitBytes,
): Promise<StoredValue> {
  const text = JSON.stringify(value);
  // A UTF-16 unit is at most three bytes, so short texts need no exact count.
  if (text === undefined) return { v: null };
  if (text.length * 3 <= inlineLimitBytes) return { v: value };
  const bytes = encoder.encode(text);
  if (bytes.length <= inlineLimitBytes) return { v: value };
  if (bytes.length > limitBytes) {
    throw new StepError({
      code: 'OUTPUT_TOO_LARGE',
      message: `The value has ${bytes.length} bytes; ${limitBytes} are allowed`,
      retryable: false,
    });
  }
  return putBlob(app, owner, name, bytes);
}

/** As a blob, however small it is. */
export function storeBlob(app: App, owner: Owner, name: string, value: JsonValue): Promise<StoredValue> {
  return putBlob(app, owner, name, encoder.encode(JSON.stringify(value)));
}

async function putBlob(app: App, owner: Owner, name: string, bytes: Uint8Array): Promise<StoredValue> {
  const key = `${paths.executionBlobs(owner.org, owner.id)}${name}`;
  await app.blobs.put(key, bytes);
  return { blob: key, bytes: bytes.length };
}

/** The value itself. A blob that retention has deleted reads as null. */
export async function loadStoredValue(app: App, owner: Owner, plan: Plan, stored: StoredValue): Promise<JsonValue> {
  if ('v' in stored) return stored.v;
  if ('blob' in stored) {
    const bytes = await app.blobs.get(stored.blob);
    return bytes ? (JSON.parse(decoder.decode(bytes)) as JsonValue) : null; // written by storeValue
  }
  return loadLoop(app, owner, plan, stored);
}

/** Results put together without a pause. */
const itemsAtOnce = 1_000;

/** {items, errors} in input order; an item that failed is null in items and stands in errors with its index. */
async function loadLoop(
  app: App,
  owner: Owner,
  plan: Plan,
  loop: { readonly loop: string; readonly scope: string; readonly count: number },
): Promise<JsonValue> {
  const steps = new Map<string, Step>();
  const prefix = scopedId(loop.scope, `${loop.loop}[`);
  await eachBranch(app, owner, (branch) => {
    for (const step of branch.steps) {
      // A loop in the body stands as running in the branch that entered it, and as finished in the one that went on.
      if (step.scope.startsWith(prefix) && (step.status === 'succeeded' || step.handled))
        steps.set(`${step.scope}|${step.node}`, step);
    }
  });
  const errorByItem = new Map<number, JsonObject>();
  for (const step of steps.values()) {
    if (!step.handled || step.port !== null || !step.failure) continue;
    const at = itemOf(step.scope, prefix);
    // Deeper scopes are another loop's items: what that loop takes is no error here, and what it hands on is its own failed step.
    if (at !== null && step.scope === `${prefix}${at}]` && !errorByItem.has(at)) {
      errorByItem.set(at, { index: at, nodeId: step.node, code: step.failure.code, message: step.failure.message });
    }
  }
  const items: JsonValue[] = [];
  let bytes = 0;
  for (let index = 0; index < loop.count; index += 1) {
    const scope = `${prefix}${index}]`;
    if (index % itemsAtOnce === itemsAtOnce - 1) await app.clock.sleep(0);
    const value = errorByItem.has(index)
      ? null
      : await scopeResult(app, owner, plan, (node) => steps.get(`${scope}|${node}`), loop.loop);
    bytes += JSON.stringify(value)?.length ?? 0;
    if (bytes > outputLimitBytes) {
      throw new StepError({
        code: 'OUTPUT_TOO_LARGE',
        message: `The results of ${loop.loop} are larger than ${outputLimitBytes} bytes`,
        retryable: false,
      });
    }
    items.push(value);
  }
  const errors = [...errorByItem.entries()].sort(([a], [b]) => a - b).map(([, error]) => error);
  return { items, errors };
}

function itemOf(scope: string, prefix: string): number | null {
  const end = scope.indexOf(']', prefix.length);
  const index = Number(scope.slice(prefix.length, end));
  return Number.isInteger(index) ? index : null;
}

/** What a scope comes to: the only sink's output, else an object of the sinks that ran, by node id. */
export async function scopeResult(
  app: App,
  owner: Owner,
  plan: Plan,
  stepOf: (node: string) => Step | undefined | Promise<Step | undefined>,
  container: string,
): Promise<JsonValue> {
  const { sinks } = planScope(plan, container);
  const outputs: [string, JsonValue][] = [];
  for (const sink of sinks) {
    const step = await stepOf(sink);
    if (step?.output && (step.status === 'succeeded' || step.handled)) {
      outputs.push([sink, await loadStoredValue(app, owner, plan, step.output)]);
    }
  }
  if (sinks.length === 1) return outputs[0]?.[1] ?? null;
  return Object.fromEntries(outputs);
}

/** Every journal entry of an execution, in no particular order of branches. */
export async function allSteps(app: App, owner: Owner): Promise<readonly Step[]> {
  const branches = await app.store.query({ collection: paths.branches(owner.org, owner.id) });
  return branches.flatMap((snapshot) => Branch.parse(snapshot.data).steps);
}
