/** The list of faults: where, what, and what was probably meant. With a file, where is `file:line:column`, which editors can open. */
import type { Problem } from '@automateos/shared/model/problem';
import type { Style } from './style.ts';
import { oneLine } from './text-width.ts';

export type PlacedProblem = Problem & { readonly file?: string; readonly line?: number; readonly column?: number };

export function renderProblems(problems: readonly PlacedProblem[], style: Style): string {
  return problems.map((problem) => renderProblem(problem, style)).join('');
}

function renderProblem(problem: PlacedProblem, style: Style): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const path = problem.path === '' ? '' : style.bold(oneLine(problem.path));
  const head = [place === '' ? '' : style.accent(place), path, style.dim(`[${oneLine(problem.code)}]`)].filter(
    (part) => part !== '',
  );
  const suggestion = problem.suggestion === undefined ? '' : `    ${style.good('→')} ${meant(oneLine(problem.suggestion))}\n`;
  return `  ${head.join('  ')}\n    ${oneLine(problem.message)}\n${suggestion}`;
}

/** A bare name is what was probably meant; a sentence speaks for itself. */
function meant(suggestion: string): string {
  return /\s/.test(suggestion) ? suggestion : `did you mean ${suggestion}?`;
}
