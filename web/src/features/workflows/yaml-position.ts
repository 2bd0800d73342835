/** From a problem's path (`nodes[2].params.url`) to the line of the text it is about. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export type PlacedProblem = {
  readonly line: number | null;
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
};

/** 1-based line of the deepest part of `path` that exists; null where nothing of it does. */
export function lineOfPath(text: string, path: string): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: false });
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const part of splitPath(path)) {
    const step = stepInto(node, part);
    if (step === null) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset === null ? null : lines.linePos(offset).line;
}

/** Faults of the text itself, before anything is sent. */
export function syntaxProblems(text: string): readonly PlacedProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    path: '',
    code: 'YAML_SYNTAX',
    message: error.message.split('\n')[0] ?? error.message,
  }));
}

export function splitPath(path: string): readonly (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]/]+)/g)].map((match) => {
    if (match[1] !== undefined) return Number(match[1]);
    const name = match[2] ?? match[3] ?? '';
    return /^\d+$/.test(name) ? Number(name) : name;
  });
}

function stepInto(node: unknown, part: string | number): { readonly node: unknown; readonly offset: number | undefined } | null {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part] as Node | undefined; // items of a parsed sequence are nodes
    return item === undefined ? null : { node: item, offset: item.range?.[0] };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(part));
  if (!pair || !isScalar(pair.key)) return null;
  return { node: pair.value, offset: pair.key.range?.[0] };
}
