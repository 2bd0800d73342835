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
  /** Where `item` is used, which only the body of a for-each has, and `index`: the number of the item or, in a while, of the round. */
  readonly loopNames: readonly { readonly name: 'item' | 'index'; readonly path: string }[];
  readonly usesVars: boolean;
  /** Where the effort was spent; what follows was not looked at. */
  readonly exceededAt: string | null;
};

/** What the analyses of one definition may do together; counted down. */
export type AnalysisEffort = {
  /** Characters of expressions that are parsed. */
  characters: number;
  /** More help nobody, and finding where each stands costs time. */
  problems: number;
  suggestions: number;
};

const unlimitedEffort = (): AnalysisEffort => ({ characters: Number.POSITIVE_INFINITY, problems: 200, suggestions: 200 });

type AnalysisOptions = {
  /** Top-level keys that are left as they are. */
  readonly raw?: readonly string[];
  readonly effort?: AnalysisEffort;
};

export function analyseTemplates(
  value: JsonValue,
  { raw = [], effort = unlimitedEffort() }: AnalysisOptions = {},
): TemplateAnalysis {
  const found: Found = {
    ...{ steps: [], callbacks: [], loopNames: [], problems: [], usesVars: false, exceededAt: null },
    effort,
  };
  analyseValue(value, () => '', 0, raw, found);
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
  loopNames: { name: 'item' | 'index'; path: string }[];
  problems: TemplateProblem[];
  usesVars: boolean;
  exceededAt: string | null;
  readonly effort: AnalysisEffort;
};

/** Written out only where something is told of it, and once: paths can be long, and values many. */
type Path = () => string;

function lazily(write: Path): Path {
  let written: string | null = null;
  return () => {
    written ??= write();
    return written;
  };
}

export const templateNesting = 256;

function analyseValue(value: JsonValue, path: Path, depth: number, raw: readonly string[], found: Found): void {
  if (found.exceededAt !== null) return;
  if (typeof value === 'string') {
    if (value.includes('{{')) analyseText(value, path, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > templateNesting) {
    addProblem(found, {
      ...{ path: path(), code: 'EXPRESSION_SYNTAX' },
      message: `Values may be nested ${templateNesting} levels deep`,
    });
    return;
  }
  const holder = lazily(path);
  if (isJsonObject(value)) {
    for (const [key, one] of Object.entries(value)) {
      if (!raw.includes(key)) analyseValue(one, () => joinKey(holder(), key), depth + 1, [], found);
    }
    return;
  }
  for (const [index, one] of value.entries()) analyseValue(one, () => `${holder()}[${index}]`, depth + 1, [], found);
}

export function joinKey(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]{0,127}$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 128))}]`;
  return path === '' ? key : `${path}.${key}`;
}

function addProblem({ problems, effort }: Found, problem: TemplateProblem): void {
  if (effort.problems <= 0) return;
  effort.problems -= 1;
  problems.push(problem);
}

function analyseText(text: string, at: Path, found: Found): void {
  const { effort } = found;
  const template = parseTemplate(text, effort.characters);
  effort.characters -= template.read;
  if (effort.characters < 0) {
    found.exceededAt = at();
    return;
  }
  const path = lazily(at);
  if (template.kind === 'invalid') {
    const { message, line, column } = template.problem;
    const told = `${message} (line ${line}, column ${column})`;
    addProblem(found, { path: path(), code: 'EXPRESSION_SYNTAX', message: told });
  } else if (template.kind === 'single') analyseExpression(template.expression, text, path, found);
  else if (template.kind === 'mixed') {
    for (const part of template.parts) if (typeof part !== 'string') analyseExpression(part, text, path, found);
  }
}

function analyseExpression({ node, source, base }: ParsedExpression, text: string, path: Path, found: Found): void {
  const { effort } = found;
  let lastStep: DataChain | null = null;
  const problem = (code: TemplateProblem['code'], offset: number, message: string, suggestion?: string): void => {
    if (effort.problems <= 0) return;
    const { line, column } = position(text, base + offset);
    const told = { path: path(), code, message: `${message} (line ${line}, column ${column})` };
    addProblem(found, suggestion === undefined ? told : { ...told, suggestion });
  };
  const complete = walkNames(node, {
    data(chain) {
      const { root } = chain;
      if (root === 'vars') found.usesVars = true;
      if (root === 'item' || root === 'index') addLoopName(found, root, path());
      if (root !== 'steps') return 'keys';
      const id = stepId(chain);
      lastStep = chain;
      if (id !== null) {
        found.steps.push({ id, path: path(), expression: source });
        const suggestion = outputMissing(chain, source);
        if (suggestion)
          problem('UNKNOWN_NAME', chain.node.start, `A step has only output: ${pathLabel(chain, source)}`, suggestion);
      } else
        problem('EXPRESSION_SYNTAX', chain.node.start, 'steps must be followed by the id of a step, as in steps.fetch.output');
      return 'keys';
    },
    name(unknown) {
      if (knownNames.has(unknown.name) || effort.problems <= 0) return;
      effort.suggestions -= 1;
      const suggestion = effort.suggestions >= 0 ? suggestName(unknown, lastStep, source) : undefined;
      problem('UNKNOWN_NAME', unknown.start, `There is no name ${unknown.name} in expressions`, suggestion);
    },
    callbackUrl(call) {
      const [id] = call.arguments;
      if (id?.type === 'Literal' && typeof id.value === 'string') found.callbacks.push({ id: id.value, path: path() });
    },
  });
  if (!complete) problem('EXPRESSION_SYNTAX', 0, 'The expression is nested too deeply');
}

/** Once for each text. */
function addLoopName({ loopNames }: Found, name: 'item' | 'index', path: string): void {
  const isTold = (one: (typeof loopNames)[number] | undefined): boolean => one?.name === name && one.path === path;
  if (!isTold(loopNames.at(-1)) && !isTold(loopNames.at(-2))) loopNames.push({ name, path });
}

/** `steps.fetch.body` was meant as `steps.fetch.output.body`. */
function outputMissing(chain: DataChain, source: string): string | null {
  const [first, second] = chain.links;
  if (!first || !second || second.key === 'output' || typeof second.key !== 'string') return null;
  const head = source.slice(chain.node.start, first.node.end);
  return `${head}.output${source.slice(first.node.end, chain.node.end)}`;
}

function suggestName(node: Identifier, lastStep: DataChain | null, source: string): string | undefined {
  // `steps.order-fetch` reads as a subtraction.
  const id = lastStep && stepId(lastStep);
  if (lastStep && id !== null && lastStep.links.length === 1 && source.slice(lastStep.node.end, node.start) === '-') {
    return `steps['${id}-${node.name}']`;
  }
  if (node.name.length > 40) return undefined;
  const likely = closest(node.name, [...knownNames]);
  return distance(node.name, likely) <= (node.name.length < 4 ? 1 : 2) ? likely : undefined;
}
