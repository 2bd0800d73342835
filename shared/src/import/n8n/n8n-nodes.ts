/** Each kind of node as one of ours. What is not here is kept as a placeholder. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { atom, stepOutput, template } from '../js-text.ts';
import { requireWays, Unmappable } from '../rewrite-expression.ts';
import { literalValue, objectValue, paramOf, textOf, textValue, type Value, withPath } from '../value.ts';
import { code } from './n8n-code.ts';
import { conditionsText, ruleText } from './n8n-conditions.ts';
import { isN8nExpression, type N8nScope, n8nParam, n8nValue, templateParam } from './n8n-expression.ts';
import { at, listAt, type N8nNode, textAt } from './n8n-graph.ts';
import { httpRequest, jsonParam } from './n8n-http.ts';
import type { Mapping } from './n8n-mapping.ts';

/** Throws Unmappable with what to do about it. */
export function mapNode(node: N8nNode, scope: N8nScope, inputs: readonly Value[]): Mapping {
  const { params } = node;
  const pass = (): Value => scope.json;
  switch (node.type) {
    case 'httpRequest':
      return httpRequest(node, scope);
    case 'set':
    case 'editFields':
      return set(node, scope);
    case 'if':
      return { type: 'flow.if', params: { condition: template(conditionsText(params, scope)) }, out: pass };
    case 'filter':
      return { type: 'flow.filter', params: { condition: template(conditionsText(params, scope)) }, out: pass };
    case 'switch':
      return {
        type: 'flow.switch',
        params: { cases: casesOf(node, scope).map(({ name, when }) => ({ name, when: template(when) })) },
        out: pass,
      };
    case 'merge':
      return merge(params, inputs);
    case 'wait':
      return wait(node, scope);
    case 'code':
    case 'function':
    case 'functionItem':
      return code(node, scope);
    case 'executeWorkflow':
      return call(params, scope);
    case 'noOp':
      return { type: 'data.transform', params: { expression: template(textOf(scope.json)) }, out: pass };
    case 'stopAndError':
      return {
        type: 'flow.fail',
        params: { code: 'STOPPED', message: templateParam(params.errorMessage ?? params.errorObject ?? '', scope) },
        out: pass,
      };
    case 'respondToWebhook':
      return respond(params, scope);
    case 'aggregate':
      return aggregate(params, scope);
    default:
      throw new Unmappable(reasonFor(node));
  }
}

function reasonFor({ fullType, type }: N8nNode): string {
  if (fullType.includes('langchain')) return `n8n's AI node ${type.slice(0, 100)} has no like here.`;
  return `n8n's node ${type.slice(0, 100)} has no like here: call the service by http.request, or compute it by data.transform or a script.`;
}

export type Case = { readonly name: string; readonly when: string };

export function casesOf({ params, version }: N8nNode, scope: N8nScope): readonly Case[] {
  if (params.mode === 'expression') {
    const most = typeof params.numberOutputs === 'number' ? Math.min(64, params.numberOutputs) : 4;
    const output = atom(textOf(n8nValue(params.output ?? 0, scope)));
    return Array.from({ length: most }, (_, index) => ({ name: `output${index}`, when: `Number(${output}) === ${index}` }));
  }
  const listed = version >= 3 ? listAt(params, 'rules.values') : [];
  requireWays(Math.max(listed.length, listAt(params, 'rules.rules').length));
  if (listed.length > 0) return listed.map((rule, index) => ({ name: caseName(rule, index), when: conditionsText(rule, scope) }));
  const type = typeof params.dataType === 'string' ? params.dataType : 'number';
  return listAt(params, 'rules.rules').map((rule, index) => ({
    name: `output${index}`,
    when: ruleText(type, params.value1, rule, scope),
  }));
}

function caseName({ outputKey }: JsonObject, index: number): string {
  const name =
    typeof outputKey === 'string'
      ? outputKey
          .normalize('NFKD')
          .replace(/[^A-Za-z0-9]+/g, '_')
          .replace(/^_+|_+$/g, '')
          .slice(0, 40)
      : '';
  return name === '' ? `output${index}` : `${name}_${index}`;
}

type Assigned = { readonly name: string; readonly value: Value };

function set(node: N8nNode, scope: N8nScope): Mapping {
  const { params, version } = node;
  if (version >= 3 && params.mode === 'raw') {
    const value = jsonParam(textAt(params, 'jsonOutput'), scope);
    return includesOthers(node)
      ? transform(textValue(`({ ...${atom(textOf(scope.json))}, ...${atom(textOf(fromParam(value)))} })`))
      : {
          type: 'data.transform',
          params: { expression: isBraced(value) ? value : { ...(isJsonObject(value) ? value : { value }) } },
          out: ownOutput,
          perItem: true,
        };
  }
  const assigned = version >= 3 ? newAssignments(params, scope) : oldAssignments(params, scope);
  const base = includesOthers(node) ? scope.json : objectValue([]);
  const whole = assigned.reduce(
    (all, { name, value }) =>
      withPath(
        all,
        params.options !== undefined && at(params.options, 'dotNotation') === false ? [name] : name.split('.'),
        value,
      ),
    base,
  );
  if (includesOthers(node)) return transform(whole);
  return { type: 'data.set', params: { values: paramOf(whole) }, out: ownOutput, perItem: true };
}

const ownOutput = (id: string): Value => textValue(stepOutput(id));
const isBraced = (value: JsonValue): boolean => typeof value === 'string' && value.startsWith('{{');
const transform = (value: Value): Mapping => ({
  type: 'data.transform',
  params: { expression: template(textOf(value)) },
  out: ownOutput,
  perItem: true,
});

/** A param that was made already, back as a value. */
function fromParam(value: JsonValue): Value {
  const inner = typeof value === 'string' ? /^\{\{ ([\s\S]*) \}\}$/.exec(value)?.[1] : undefined;
  if (inner !== undefined) return textValue(inner);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(fromParam) };
  if (isJsonObject(value)) return objectValue(Object.entries(value).map(([key, one]) => [key, fromParam(one)] as const));
  if (typeof value === 'string' && value.includes('{{'))
    throw new Unmappable('texts with expressions in JSON that is added to the item have no like here');
  return literalValue(value);
}

function includesOthers({ params, version }: N8nNode): boolean {
  if (version < 3) return params.keepOnlySet !== true;
  if (params.includeOtherFields !== undefined) return params.includeOtherFields === true;
  return typeof params.include === 'string' ? params.include !== 'none' : false;
}

function newAssignments(params: JsonObject, scope: N8nScope): readonly Assigned[] {
  const listed = listAt(params, 'assignments.assignments').map((one) => ({
    name: textAt(one, 'name'),
    value: typed(one.value ?? '', String(one.type ?? 'string'), scope),
  }));
  const earlier = listAt(params, 'fields.values').map((one) => {
    const type = String(one.type ?? 'stringValue');
    return { name: textAt(one, 'name'), value: typed(one[type] ?? '', type.replace('Value', ''), scope) };
  });
  return [...listed, ...earlier].filter(({ name }) => name !== '');
}

function oldAssignments(params: JsonObject, scope: N8nScope): readonly Assigned[] {
  const types = isJsonObject(params.values) ? Object.entries(params.values) : [];
  return types.flatMap(([type, list]) =>
    (Array.isArray(list) ? list.filter(isJsonObject) : []).map((one) => ({
      name: textAt(one, 'name'),
      value: typed(one.value ?? (type === 'boolean' ? true : ''), type, scope),
    })),
  );
}

/** Values are written as texts, with their type beside them. */
function typed(value: JsonValue, type: string, scope: N8nScope): Value {
  if (isN8nExpression(value) || typeof value !== 'string') return n8nValue(value, scope);
  if (type === 'number') return literalValue(Number(value));
  if (type === 'boolean') return literalValue(value === 'true');
  if ((type === 'object' || type === 'array') && value.trim() !== '') return fromParam(jsonParam(value, scope));
  return literalValue(value);
}

function merge(params: JsonObject, inputs: readonly Value[]): Mapping {
  const mode = String(params.mode ?? 'append');
  const base = { type: 'flow.merge', params: { mode: 'all' } };
  const texts = inputs.map((value) => atom(textOf(value)));
  if (mode === 'chooseBranch' || mode === 'passThrough')
    return { ...base, out: () => inputs[params.output === 'input2' ? 1 : 0] ?? literalValue(null) };
  if (mode === 'append') {
    return {
      ...base,
      manyItems: true,
      out: () => textValue(`[${texts.join(', ')}].flat().filter((one) => one !== null)`),
      partly: 'n8n goes on with the items of all ways, one after the other; here with the list of them.',
    };
  }
  const spread = textValue(`({ ${texts.map((text) => `...${text}`).join(', ')} })`);
  return {
    ...base,
    out: () => spread,
    partly: 'n8n matches the items of both ways with each other; here the fields of one item from each way are put together.',
  };
}

const unitMs: Readonly<Record<string, number>> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

function wait({ params, version }: N8nNode, scope: N8nScope): Mapping {
  const pass = (): Value => scope.json;
  switch (params.resume ?? 'timeInterval') {
    case 'timeInterval': {
      const unit = unitMs[String(params.unit ?? (version > 1 ? 'seconds' : 'hours'))] ?? 1_000;
      const amount = params.amount ?? (version > 1 ? 5 : 1);
      const durationMs =
        typeof amount === 'number' ? Math.round(amount * unit) : template(`Number(${textOf(n8nValue(amount, scope))}) * ${unit}`);
      return { type: 'flow.wait', params: { durationMs }, out: pass };
    }
    case 'specificTime':
      return { type: 'flow.wait', params: { until: n8nParam(params.dateTime ?? '', scope) }, out: pass };
    case 'webhook':
      return {
        ...{ type: 'flow.callback', params: {} },
        partly: 'Its address is {{ execution.callbackUrl("this id") }} here, which an earlier step has to hand out.',
        out: (id) => objectValue([['body', textValue(stepOutput(id))]]),
      };
    default:
      throw new Unmappable('A form has no like here: use flow.approval.');
  }
}

function call(params: JsonObject, scope: N8nScope): Mapping {
  const { workflowId } = params;
  const named = textAt(workflowId, 'cachedResultName');
  const id = typeof workflowId === 'string' ? workflowId : textAt(workflowId, 'value');
  const workflow = (named === '' ? id : named).trim();
  if (workflow === '' || isN8nExpression(workflow)) throw new Unmappable('Which workflow it calls is computed or not told.');
  const given = at(params, 'workflowInputs.value');
  const input = isJsonObject(given) && Object.keys(given).length > 0 ? n8nParam(given, scope) : template(textOf(scope.json));
  const wait = at(params, 'options.waitForSubWorkflow') !== false;
  return {
    type: 'flow.call',
    params: { workflow: workflow.slice(0, 200), input, ...(wait ? {} : { wait: false }) },
    partly: `It calls the workflow ${workflow.slice(0, 100)}, which has to be imported, too.`,
    out: ownOutput,
    perItem: true,
  };
}

function respond(params: JsonObject, scope: N8nScope): Mapping {
  const { options } = params;
  const status = at(options, 'responseCode');
  const headers = Object.fromEntries(
    listAt(options, 'responseHeaders.entries').map(({ name, value }) => [String(name ?? ''), templateParam(value ?? '', scope)]),
  );
  const kind = String(params.respondWith ?? 'firstIncomingItem');
  const whole = template(textOf(scope.json));
  const location = kind === 'redirect' ? { location: templateParam(params.redirectURL ?? '', scope) } : {};
  const body = bodyOf(kind, params, scope, whole);
  const code = typeof status === 'number' ? status : kind === 'redirect' ? 302 : 200;
  const all = { ...headers, ...location };
  return {
    type: 'flow.respond',
    params: { status: code, ...(Object.keys(all).length === 0 ? {} : { headers: all }), ...(body === undefined ? {} : { body }) },
    out: () => scope.json,
  };
}

function bodyOf(kind: string, params: JsonObject, scope: N8nScope, whole: string): JsonValue | undefined {
  switch (kind) {
    case 'json':
      return jsonParam(textAt(params, 'responseBody'), scope);
    case 'text':
      return templateParam(params.responseBody ?? '', scope);
    case 'firstIncomingItem':
    case 'allIncomingItems':
      return whole;
    case 'noData':
    case 'redirect':
      return undefined;
    default:
      throw new Unmappable(`An answer of kind ${kind.slice(0, 50)} has no like here.`);
  }
}

function aggregate(params: JsonObject, scope: N8nScope): Mapping {
  const items = `[${textOf(scope.json)}].flat()`;
  if (params.aggregate === 'aggregateAllItemData') {
    const name = textAt(params, 'destinationFieldName') || 'data';
    return { ...transform(objectValue([[name, textValue(items)]])), perItem: false };
  }
  const fields = listAt(params, 'fieldsToAggregate.fieldToAggregate');
  const lists = fields.map((field) => {
    const from = textAt(field, 'fieldToAggregate');
    const to = field.renameField === true ? textAt(field, 'outputFieldName') : (from.split('.').at(-1) ?? from);
    const path = from
      .split('.')
      .map((key) => `?.[${JSON.stringify(key)}]`)
      .join('');
    return [to, textValue(`${items}.map((one) => one${path})`)] as const;
  });
  return { ...transform(objectValue(lists)), perItem: false };
}
