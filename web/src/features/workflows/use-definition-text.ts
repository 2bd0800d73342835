/** A definition being written: checked by the server 400 ms after the last key, so that the problems shown are the ones saving would meet. */
import { useEffect, useState } from 'react';
import { Validation } from '../../lib/api/workflow.ts';
import { useApi } from '../../lib/console-context.tsx';
import { type ApiFailure, asFailure } from '../../lib/problem-error.ts';
import { lineOfPath, type PlacedProblem, syntaxProblems } from './yaml-position.ts';

type ServerProblem = {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
};

export type DefinitionCheck = {
  readonly problems: readonly PlacedProblem[];
  /** True while the shown problems belong to an older text. */
  readonly checking: boolean;
  readonly fault: ApiFailure | null;
};

export function useDefinitionCheck(text: string): DefinitionCheck {
  const api = useApi();
  const [checked, setChecked] = useState<{
    readonly text: string;
    readonly problems: readonly PlacedProblem[];
    readonly fault: ApiFailure | null;
  }>({
    text: '',
    problems: [],
    fault: null,
  });
  useEffect(() => {
    if (text.trim() === '') return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const syntax = syntaxProblems(text);
      if (syntax.length > 0) return setChecked({ text, problems: syntax, fault: null });
      try {
        const answer = await api.call('/v1/workflows/validate', Validation, { method: 'POST', yaml: text, signal: stop.signal });
        setChecked({ text, problems: placeProblems(text, answer.problems), fault: null });
      } catch (error) {
        if (stop.signal.aborted) return;
        const fault = asFailure(error);
        setChecked({ text, problems: placeProblems(text, fault.problems), fault: fault.problems.length > 0 ? null : fault });
      }
    }, 400);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, text]);
  if (text.trim() === '') return { problems: [], checking: false, fault: null };
  return { problems: checked.problems, checking: checked.text !== text, fault: checked.fault };
}

export function placeProblems(text: string, problems: readonly ServerProblem[]): readonly PlacedProblem[] {
  return problems.map((problem) => ({ ...problem, line: lineOfPath(text, problem.path) }));
}
