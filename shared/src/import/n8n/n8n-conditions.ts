/** Conditions of the nodes If, Filter and Switch, in both of their shapes. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { atom } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { textOf } from '../value.ts';
import { type N8nScope, n8nValue } from './n8n-expression.ts';
import { listAt, textAt } from './n8n-graph.ts';

/** `conditions` of a node, one way or the other. */
export function conditionsText(params: JsonObject, scope: N8nScope): string {
  const { conditions } = params;
  const listed = listAt(conditions, 'conditions');
  if (listed.length > 0)
    return joined(
      listed.map((one) => newCondition(one, scope)),
      textAt(conditions, 'combinator') === 'or',
    );
  if (!isJsonObject(conditions)) throw new Unmappable('it has no conditions');
  const old = Object.entries(conditions).flatMap(([type, list]) =>
    (Array.isArray(list) ? list.filter(isJsonObject) : []).map((one) => oldCondition(type, one, scope)),
  );
  if (old.length === 0) throw new Unmappable('it has no conditions');
  return joined(old, params.combineOperation === 'any' || params.combineConditions === 'OR');
}

const joined = (texts: readonly string[], isOr: boolean): string =>
  texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(isOr ? ' || ' : ' && ')})`;

function newCondition(one: JsonObject, scope: N8nScope): string {
  const operation = textAt(one, 'operator.operation');
  const type = textAt(one, 'operator.type');
  return comparison(type, operation, operand(one.leftValue, scope), operand(one.rightValue, scope));
}

function oldCondition(type: string, one: JsonObject, scope: N8nScope): string {
  const operation =
    typeof one.operation === 'string' ? one.operation : type === 'number' ? 'smaller' : type === 'dateTime' ? 'after' : 'equal';
  return comparison(type, operation, operand(one.value1, scope), operand(one.value2, scope));
}

/** A rule of the old Switch: one value, compared with each rule's. */
export function ruleText(type: string, value: JsonValue | undefined, rule: JsonObject, scope: N8nScope): string {
  const operation = typeof rule.operation === 'string' ? rule.operation : 'equal';
  return comparison(type, operation, operand(value, scope), operand(rule.value2, scope));
}

const operand = (value: JsonValue | undefined, scope: N8nScope): string => atom(textOf(n8nValue(value ?? '', scope)));

function comparison(type: string, operation: string, left: string, right: string): string {
  const make = operations[operation];
  if (make === undefined) throw new Unmappable(`the comparison ${operation.slice(0, 50) || 'without a name'} has no like here`);
  if (type === 'dateTime') return make(`Date.parse(${left})`, `Date.parse(${right})`);
  return type === 'number' && numeric.has(operation) ? make(number(left), number(right)) : make(left, right);
}

/** n8n reads numbers out of texts. */
const number = (text: string): string => {
  const inner = /^"(-?\d+(?:\.\d+)?)"$/.exec(text)?.[1];
  if (inner !== undefined) return inner;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : `Number(${text})`;
};

const numeric = new Set('equal equals notEqual notEquals larger largerEqual smaller smallerEqual gt gte lt lte'.split(' '));

const isEmpty = (a: string): string =>
  `(Object.keys(${a} ?? {}).length === 0 && typeof ${a} !== "number" && typeof ${a} !== "boolean")`;
const pattern = (b: string): string =>
  `new RegExp(${/^"\/.*\/\w*"$/.test(b) ? b.replace(/^"\//, '"').replace(/\/\w*"$/, '"') : b})`;

const operations: Readonly<Record<string, (a: string, b: string) => string>> = {
  equal: (a, b) => `${a} === ${b}`,
  equals: (a, b) => `${a} === ${b}`,
  notEqual: (a, b) => `${a} !== ${b}`,
  notEquals: (a, b) => `${a} !== ${b}`,
  larger: (a, b) => `${a} > ${b}`,
  largerEqual: (a, b) => `${a} >= ${b}`,
  smaller: (a, b) => `${a} < ${b}`,
  smallerEqual: (a, b) => `${a} <= ${b}`,
  gt: (a, b) => `${a} > ${b}`,
  gte: (a, b) => `${a} >= ${b}`,
  lt: (a, b) => `${a} < ${b}`,
  lte: (a, b) => `${a} <= ${b}`,
  after: (a, b) => `${a} > ${b}`,
  before: (a, b) => `${a} < ${b}`,
  afterOrEquals: (a, b) => `${a} >= ${b}`,
  beforeOrEquals: (a, b) => `${a} <= ${b}`,
  contains: (a, b) => `(${a} ?? []).includes(${b})`,
  notContains: (a, b) => `!(${a} ?? []).includes(${b})`,
  startsWith: (a, b) => `String(${a} ?? "").startsWith(${b})`,
  notStartsWith: (a, b) => `!String(${a} ?? "").startsWith(${b})`,
  endsWith: (a, b) => `String(${a} ?? "").endsWith(${b})`,
  notEndsWith: (a, b) => `!String(${a} ?? "").endsWith(${b})`,
  regex: (a, b) => `${pattern(b)}.test(String(${a} ?? ""))`,
  notRegex: (a, b) => `!${pattern(b)}.test(String(${a} ?? ""))`,
  exists: (a) => `(${a} ?? null) !== null`,
  notExists: (a) => `(${a} ?? null) === null`,
  empty: isEmpty,
  isEmpty,
  notEmpty: (a) => `!${isEmpty(a)}`,
  isNotEmpty: (a) => `!${isEmpty(a)}`,
  true: (a) => `${a} === true`,
  false: (a) => `${a} === false`,
  lengthEquals: (a, b) => `(${a} ?? []).length === ${number(b)}`,
  lengthNotEquals: (a, b) => `(${a} ?? []).length !== ${number(b)}`,
  lengthGt: (a, b) => `(${a} ?? []).length > ${number(b)}`,
  lengthGte: (a, b) => `(${a} ?? []).length >= ${number(b)}`,
  lengthLt: (a, b) => `(${a} ?? []).length < ${number(b)}`,
  lengthLte: (a, b) => `(${a} ?? []).length <= ${number(b)}`,
};
