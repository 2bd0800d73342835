/**
 * Which names a piece of an expression declares itself: a lambda's parameter called `item` is not the for-each's `item`. Block scoping as
 * in JavaScript; `var` counts for its whole function.
 */
import type { AnyNode, Pattern, VariableDeclaration } from 'acorn';

export type DeclaredNames = { has(name: string): boolean };

/** The names declared around where a walk is. Asking costs the same however deep that is. */
export type NameScopes = DeclaredNames & {
  /** Steps into `node`: the names that it declares, to be given back to `leave`. */
  enter(node: AnyNode): readonly string[];
  leave(names: readonly string[]): void;
};

const nothing: readonly string[] = [];

export function createNameScopes(): NameScopes {
  /** How many of the scopes around declare a name. */
  const declared = new Map<string, number>();
  return {
    has: (name) => declared.has(name),
    enter(node) {
      if (!opensScope.has(node.type)) return nothing;
      const names = new Set<string>();
      declareOwn(node, names);
      for (const name of names) declared.set(name, (declared.get(name) ?? 0) + 1);
      return [...names];
    },
    leave(names) {
      for (const name of names) {
        const left = (declared.get(name) ?? 0) - 1;
        if (left > 0) declared.set(name, left);
        else declared.delete(name);
      }
    },
  };
}

const opensScope: ReadonlySet<AnyNode['type']> = new Set<AnyNode['type']>([
  ...(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration', 'ClassExpression', 'BlockStatement'] as const),
  ...(['StaticBlock', 'SwitchStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'CatchClause'] as const),
]);

function declareOwn(node: AnyNode, names: Set<string>): void {
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      for (const parameter of node.params) patternNames(parameter, names);
      if (node.type !== 'ArrowFunctionExpression') names.add('arguments');
      if (node.type === 'FunctionExpression' && node.id) names.add(node.id.name);
      varNames(node.body, names);
      return;
    case 'ClassExpression':
      if (node.id) names.add(node.id.name);
      return;
    case 'BlockStatement':
    case 'StaticBlock':
      for (const statement of node.body) lexicalNames(statement, names);
      return;
    case 'SwitchStatement':
      for (const branch of node.cases) for (const statement of branch.consequent) lexicalNames(statement, names);
      return;
    case 'ForStatement':
      if (node.init?.type === 'VariableDeclaration') declarationNames(node.init, names);
      return;
    case 'ForInStatement':
    case 'ForOfStatement':
      if (node.left.type === 'VariableDeclaration') declarationNames(node.left, names);
      return;
    case 'CatchClause':
      if (node.param) patternNames(node.param, names);
      return;
    default:
      return;
  }
}

function lexicalNames(statement: AnyNode, names: Set<string>): void {
  if (statement.type === 'VariableDeclaration') declarationNames(statement, names);
  else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
    if (statement.id) names.add(statement.id.name);
  }
}

function declarationNames(declaration: VariableDeclaration, names: Set<string>): void {
  for (const declarator of declaration.declarations) patternNames(declarator.id, names);
}

function patternNames(pattern: Pattern, names: Set<string>): void {
  switch (pattern.type) {
    case 'Identifier':
      names.add(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        patternNames(property.type === 'RestElement' ? property.argument : property.value, names);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) patternNames(element, names);
      return;
    case 'RestElement':
      patternNames(pattern.argument, names);
      return;
    case 'AssignmentPattern':
      patternNames(pattern.left, names);
      return;
    default:
      return;
  }
}

/** `var` declarations anywhere in a function's body, nested functions left out. */
function varNames(node: AnyNode, names: Set<string>): void {
  if (node.type === 'VariableDeclaration' && node.kind === 'var') declarationNames(node, names);
  for (const child of childNodes(node)) {
    if (child.type !== 'FunctionExpression' && child.type !== 'FunctionDeclaration' && child.type !== 'ArrowFunctionExpression') {
      varNames(child, names);
    }
  }
}

export function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) children.push(element);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;
}
