/** From a problem's path (`nodes[2].params.url`, or a JSON pointer) to line and column: of the value, or of what comes nearest above it. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { PlacedProblem } from '../output/render-problems.ts';

export function createPlacer(file: string, text: string, document: Document.Parsed): (problem: PlacedProblem) => PlacedProblem {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (problem) => {
    const offset = offsetOf(document, pathSegments(problem.path));
    if (offset === undefined) return { ...problem, file };
    const { line, col } = lines.linePos(offset);
    return { ...problem, file, line, column: col };
  };
}

export function pathSegments(path: string): (string | number)[] {
  if (path.startsWith('/')) {
    const parts = path.slice(1).split('/');
    return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  }
  const segments: (string | number)[] = [];
  for (const match of path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\['([^']*)'\]|([^.[\]]+)/g)) {
    const [, index, double, single, name] = match;
    if (index !== undefined) segments.push(Number(index));
    else segments.push(double?.replace(/\\(.)/g, '$1') ?? single ?? name ?? '');
  }
  return segments;
}

function offsetOf(document: Document.Parsed, segments: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const segment of segments) {
    if (isSeq(node)) {
      node = node.items[Number(segment)];
      offset = startOf(node) ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      if (pair === undefined) return offset;
      // The key is where the eye looks; an absent value has no place of its own.
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      return offset;
    }
    if (node === undefined || node === null) return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined; // `range` is what nodes have.
  return range?.[0];
}
