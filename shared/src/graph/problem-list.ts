/** Gathers problems: message from the catalogue, a bounded number of them, and a bounded effort for "did you mean". */
import type { Problem } from '../model/problem.ts';
import { nearestName } from './nearest-name.ts';
import { type ProblemCode, problemCatalogue } from './problem-catalogue.ts';

export type ProblemContext = Readonly<Record<string, string | number>>;

export type ProblemList = {
  add(code: ProblemCode, path: string, context?: ProblemContext, suggestion?: string): void;
  /** A problem that was worded elsewhere (by the expression analyser). */
  addWorded(problem: Problem): void;
  /** The likely meant name; undefined too once many problems have asked. */
  nearest(given: string, candidates: Iterable<string>): string | undefined;
  hasAt(path: string): boolean;
  /** No more will be listed: whoever looks only for more of the same may stop. */
  isFull(): boolean;
  all(): Problem[];
};

const mostProblems = 500;
const mostSuggestions = 50;

export function createProblemList(): ProblemList {
  const problems: Problem[] = [];
  const paths = new Set<string>();
  let suggestionsLeft = mostSuggestions;
  let more = false;

  const addWorded = (problem: Problem): void => {
    if (problems.length < mostProblems) {
      paths.add(problem.path);
      problems.push(problem);
    } else more = true;
  };
  return {
    add(code, path, context = {}, suggestion) {
      if (problems.length >= mostProblems) more = true;
      else addWorded(wordProblem(code, path, context, suggestion));
    },
    addWorded,
    nearest(given, candidates) {
      return suggestionsLeft-- > 0 ? nearestName(given, candidates) : undefined;
    },
    hasAt: (path) => paths.has(path),
    isFull: () => more,
    all: () => (more ? [...problems, wordProblem('MORE_PROBLEMS', '')] : problems),
  };
}

export function wordProblem(code: ProblemCode, path: string, context: ProblemContext = {}, suggestion?: string): Problem {
  const message = problemCatalogue[code].replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(context, name) ? shorten(String(context[name])) : whole,
  );
  return suggestion === undefined ? { path, code, message } : { path, code, message, suggestion };
}

/** Messages quote what clients sent: never whole novels. */
function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
