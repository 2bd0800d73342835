/** Rules of a Choice state as conditions. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { atom, literal } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { textOf } from '../value.ts';
import { isJsonata, jsonataValue } from './asl-jsonata.ts';
import { type AslScope, pathValue, textField } from './asl-path.ts';

const deepest = 30;

export function conditionOf(rule: JsonObject, scope: AslScope, depth = 0): string {
  if (depth > deepest) throw new Unmappable('the rule is nested too deeply');
  const { And, Or, Not, Condition } = rule;
  if (isJsonata(Condition)) return textOf(jsonataValue(Condition, scope));
  const all = (rules: JsonValue, glue: string): string =>
    `(${list(rules)
      .map((one) => conditionOf(one, scope, depth + 1))
      .join(glue)})`;
  if (And !== undefined) return all(And, ' && ');
  if (Or !== undefined) return all(Or, ' || ');
  if (isJsonObject(Not)) return `!${atom(conditionOf(Not, scope, depth + 1))}`;
  const variable = textField(rule, 'Variable');
  const [operator, operand] = Object.entries(rule).find(([key]) => /^(?:String|Numeric|Boolean|Timestamp|Is)/.test(key)) ?? [];
  if (variable === undefined || operator === undefined || operand === undefined)
    throw new Unmappable('the rule compares nothing');
  return compare(textOf(pathValue(variable, scope)), operator, operand, scope);
}

function list(rules: JsonValue): readonly JsonObject[] {
  if (!Array.isArray(rules) || rules.length === 0 || !rules.every(isJsonObject))
    throw new Unmappable('the rule is no list of rules');
  return rules;
}

const comparators: Readonly<Record<string, string>> = {
  Equals: '===',
  LessThan: '<',
  GreaterThan: '>',
  LessThanEquals: '<=',
  GreaterThanEquals: '>=',
};

function compare(value: string, operator: string, operand: JsonValue, scope: AslScope): string {
  if (operator.startsWith('Is')) return `${operand === false ? '!' : ''}(${check(value, operator)})`;
  if (operator === 'StringMatches' && typeof operand === 'string') return matches(value, operand);
  const [, kind = '', name = '', isPath] = /^(String|Numeric|Boolean|Timestamp)([A-Za-z]+?)(Path)?$/.exec(operator) ?? [];
  const sign = comparators[name];
  if (sign === undefined) throw new Unmappable(`${operator} has no like here`);
  const other = isPath === undefined ? literal(operand) : textOf(pathValue(String(operand), scope));
  const [left, right] = [atom(value), atom(other)];
  if (kind === 'Timestamp') return `Date.parse(${left}) ${sign} Date.parse(${right})`;
  // Comparisons hold between values of the kind only: in JavaScript null < 5.
  const guard = sign === '===' ? '' : `typeof ${left} === "${kind === 'Numeric' ? 'number' : 'string'}" && `;
  return guard === '' ? `${left} ${sign} ${right}` : `(${guard}${left} ${sign} ${right})`;
}

function check(value: string, operator: string): string {
  const one = atom(value);
  switch (operator) {
    case 'IsPresent':
      return `(${one} ?? null) !== null`;
    case 'IsNull':
      return `(${one} ?? null) === null`;
    case 'IsNumeric':
      return `typeof ${one} === "number"`;
    case 'IsString':
      return `typeof ${one} === "string"`;
    case 'IsBoolean':
      return `typeof ${one} === "boolean"`;
    case 'IsTimestamp':
      return `!Number.isNaN(Date.parse(${one}))`;
    default:
      throw new Unmappable(`${operator} has no like here`);
  }
}

/** `*` is any text, `\\*` a star. */
function matches(value: string, pattern: string): string {
  const pieces = pattern.split(/(?<!\\)\*/).map((piece) => piece.replace(/\\([*\\])/g, '$1'));
  const [first = '', second = ''] = pieces;
  const text = `String(${value})`;
  if (pieces.length === 1) return `${atom(value)} === ${literal(first)}`;
  if (pieces.length === 2 && second === '') return `${text}.startsWith(${literal(first)})`;
  if (pieces.length === 2 && first === '') return `${text}.endsWith(${literal(second)})`;
  if (pieces.length === 3 && first === '' && pieces[2] === '') return `${text}.includes(${literal(second)})`;
  const source = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('[\\s\\S]*');
  return `/^${source}$/.test(${text})`;
}
