/**
 * What the templates in a value refer to and what is wrong with them, without evaluating anything: for the validation of definitions
 * and for loading only what is needed. Finds every problem at once; paths are relative to the value (`values.total`, `headers[0].value`).
 */
import type { Identifier } from 'acorn';
import { closest, distance } from 'fastest-levenshtein';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { type DataChain, pathLabel, stepId } from './data-path.ts';
import { knownNames } from './data-roots.ts';
import type { ParsedExpression } from './parse-expression.ts';
import { position } from './parse-expression.ts';
import { parseTemplate } from './parse-template.ts';
import { walkNames } from './walk-names.ts';

export type TemplateProblem = {
  readonly path: string;
  readonly code: 'EXPRESSION_SYNTAX' | 'UNKNOWN_NAME';
  readonly message: string;
  readonly suggestion?: string;
};

export type TemplateAnalysis = {
  /** Each mention of a step: its id, where, and the expression. */
  readonly steps: readonly { readonly id: string; readonly path: string; readonly expression: string }[];
  /** Each `execution.callbackUrl('id')` whose id is written out. */
  readonly callbacks: readonly { readonly id: string; readonly path: string }[];
  readonly problems: readonly TemplateProblem[];
  /** `item` is used: only for the body of a for-each. */
  readonly usesItem: boolean;
  /** `index` is used: the number of the item or, in a while, of the round. */
  readonly usesIndex: boolean;
  readonly usesVars: boolean;
};

/** `raw` names top-level keys that are left as they are. */
export function analyseTemplates(value: JsonValue, raw: readonly string[] = []): TemplateAnalysis {
  const found: Found = { steps: [], callbacks: [], problems: [], usesItem: false, usesIndex: false, usesVars: false };
  analyseValue(value, '', 0, raw, found);
  return found;
}

/** The steps and variables that a value needs; unparsable expressions refer to nothing. */
export function expressionReferences(value: JsonValue): { readonly steps: readonly string[]; readonly vars: boolean } {
  const { steps, usesVars } = analyseTemplates(value);
  return { steps: [...new Set(steps.map((step) => step.id))], vars: usesVars };
}

type Found = {
  steps: { id: string; path: string; expression: string }[];
  callbacks: { id: string; path: string }[];
  problems: TemplateProblem[];
  usesItem: boolean;
  usesIndex: boolean;
  usesVars: boolean;
};

export const templateNesting = 256;

/** More help nobody, and finding where each stands costs time. */
const mostProblems = 200;

function analyseValue(value: JsonValue, path: string, depth: number, raw: readonly string[], found: Found): void {
  if (typeof value === 'string') {
    if (value.includes('{{')) analyseText(value, path, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > templateNesting) {
    found.problems.push({ path, code: 'EXPRESSION_SYNTAX', message: `Values may be nested ${templateNesting} levels deep` });
    return;
  }
  if (isJsonObject(value)) {
    for (const [key, one] of Object.entries(value)) {
      if (!raw.includes(key)) analyseValue(one, joinKey(path, key), depth + 1, [], found);
    }
    return;
  }
  for (const [index, one] of value.entries()) analyseValue(one, `${path}[${index}]`, depth + 1, [], found);
}

export function joinKey(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function analyseText(text: string, path: string, found: Found): void {
  const template = parseTemplate(text);
  if (template.kind === 'invalid') {
    const { message, line, column } = template.problem;
    found.problems.push({ path, code: 'EXPRESSION_SYNTAX', message: `${message} (line ${line}, column ${column})` });
  } else if (template.kind === 'single') analyseExpression(template.expression, text, path, found);
  else if (template.kind === 'mixed') {
    for (const part of template.parts) if (typeof part !== 'string') analyseExpression(part, text, path, found);
  }
}

function analyseExpression(expression: ParsedExpression, text: string, path: string, found: Found): void {
  let lastStep: DataChain | null = null;
  const problem = (code: TemplateProblem['code'], offset: number, message: string, suggestion?: string): void => {
    if (found.problems.length >= mostProblems) return;
    const { line, column } = position(text, offset);
    const told = `${message} (line ${line}, column ${column})`;
    found.problems.push(suggestion === undefined ? { path, code, message: told } : { path, code, message: told, suggestion });
  };
  const complete = walkNames(expression.node, {
    data(chain) {
      if (chain.root === 'item') found.usesItem = true;
      if (chain.root === 'index') found.usesIndex = true;
      if (chain.root === 'vars') found.usesVars = true;
      if (chain.root !== 'steps') return 'keys';
      const id = stepId(chain);
      lastStep = chain;
      if (id !== null) {
        found.steps.push({ id, path, expression: expression.source });
        const suggestion = outputMissing(chain, text);
        if (suggestion)
          problem('UNKNOWN_NAME', chain.node.start, `A step has only output: ${pathLabel(chain, text)}`, suggestion);
      } else
        problem('EXPRESSION_SYNTAX', chain.node.start, 'steps must be followed by the id of a step, as in steps.fetch.output');
      return 'keys';
    },
    name(node) {
      if (knownNames.has(node.name) || found.problems.length >= mostProblems) return;
      problem('UNKNOWN_NAME', node.start, `There is no name ${node.name} in expressions`, suggestName(node, lastStep, text));
    },
    callbackUrl(call) {
      const [id] = call.arguments;
      if (id?.type === 'Literal' && typeof id.value === 'string') found.callbacks.push({ id: id.value, path });
    },
  });
  if (!complete) problem('EXPRESSION_SYNTAX', expression.base, 'The expression is nested too deeply');
}

/** `steps.fetch.body` was meant as `steps.fetch.output.body`. */
function outputMissing(chain: DataChain, text: string): string | null {
  const [first, second] = chain.links;
  if (!first || !second || second.key === 'output' || typeof second.key !== 'string') return null;
  const head = text.slice(chain.node.start, first.node.end);
  return `${head}.output${text.slice(first.node.end, chain.node.end)}`;
}

function suggestName(node: Identifier, lastStep: DataChain | null, text: string): string | undefined {
  // `steps.order-fetch` reads as a subtraction.
  const id = lastStep && stepId(lastStep);
  if (lastStep && id !== null && lastStep.links.length === 1 && text.slice(lastStep.node.end, node.start) === '-') {
    return `steps['${id}-${node.name}']`;
  }
  if (node.name.length > 40) return undefined;
  const likely = closest(node.name, [...knownNames]);
  return distance(node.name, likely) <= (node.name.length < 4 ? 1 : 2) ? likely : undefined;
}
