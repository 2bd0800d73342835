/**
 * Text of a definition with line numbers; lines with problems are marked, and a problem below leads to its line. Plain text field inside:
 * it types, selects and reads out like every other.
 */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { formatCount } from '../../lib/format.ts';
import { StatusShape } from '../../ui/status.tsx';
import type { PlacedProblem } from './yaml-position.ts';

const lineHeight = 20;

export function YamlEditor(props: {
  readonly label: string;
  readonly text: string;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (text: string) => void;
  /** Line to begin at, once. */
  readonly startLine?: number | null;
  readonly onSave: () => void;
}): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const problemsId = useId();
  const lines = props.text.split('\n').length;
  const marked = new Set(props.problems.map((problem) => problem.line));

  const goTo = (line: number): void => {
    const element = area.current;
    if (!element) return;
    const start = lineStart(props.text, line);
    const end = props.text.indexOf('\n', start);
    element.focus();
    element.setSelectionRange(start, end === -1 ? props.text.length : end);
    element.scrollTop = Math.max(0, (line - 4) * lineHeight);
  };

  const { startLine } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the text is opened at a line
  useEffect(() => {
    if (startLine) goTo(startLine);
  }, [startLine]);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="relative flex min-h-60 flex-1 overflow-hidden bg-surface">
        <div
          ref={gutter}
          aria-hidden="true"
          className="mono w-12 shrink-0 overflow-hidden bg-sunken py-3 text-right text-xs text-ink-3 select-none"
        >
          {Array.from({ length: lines }, (_, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: the line number is the identity
              key={index}
              className={`h-5 pr-2 leading-5 ${marked.has(index + 1) ? 'bg-failed-soft font-medium text-failed' : ''}`}
            >
              {index + 1}
            </div>
          ))}
          <div className="h-40" />
        </div>
        <textarea
          ref={area}
          aria-label={props.label}
          aria-describedby={problemsId}
          aria-invalid={props.problems.length > 0}
          className="mono min-w-0 flex-1 resize-none overflow-auto bg-transparent p-3 text-xs leading-5 whitespace-pre text-ink -outline-offset-2"
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          value={props.text}
          onChange={(event) => props.onChange(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onKeyDown={(event) => {
            if ((event.ctrlKey || event.metaKey) && (event.key === 's' || event.key === 'Enter')) {
              event.preventDefault();
              props.onSave();
            } else indentWithTab(event, props.onChange);
          }}
        />
      </div>
      <ProblemList id={problemsId} problems={props.problems} onGo={goTo} />
    </div>
  );
}

function ProblemList(props: {
  readonly id: string;
  readonly problems: readonly PlacedProblem[];
  readonly onGo: (line: number) => void;
}): ReactNode {
  return (
    <div
      id={props.id}
      role="status"
      className={props.problems.length === 0 ? '' : 'max-h-56 shrink-0 overflow-auto border-t border-line bg-surface'}
    >
      {props.problems.length === 0 ? null : (
        <>
          <p className="px-4 pt-3 pb-1 font-medium">
            {formatCount(props.problems.length, 'problem')} to mend before it can be saved
          </p>
          <ul className="pb-2">
            {props.problems.map((problem) => (
              <li key={`${problem.path} ${problem.code} ${problem.message}`}>
                <button
                  type="button"
                  className="flex w-full items-start gap-2 px-4 py-1.5 text-left hover:bg-hover"
                  onClick={() => {
                    if (problem.line !== null) props.onGo(problem.line);
                  }}
                >
                  <span className="pt-0.5">
                    <StatusShape status="failed" />
                  </span>
                  <span className="min-w-0 flex-1 break-words">
                    {problem.message}
                    {problem.suggestion ? <span className="text-ink-2"> Did you mean {problem.suggestion}?</span> : null}
                    <span className="block text-xs text-ink-3">
                      {problem.line === null ? '' : `Line ${problem.line} · `}
                      <code>{problem.path || problem.code}</code>
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Tab indents by two; Esc first lets Tab leave the field again. */
function indentWithTab(event: KeyboardEvent<HTMLTextAreaElement>, onChange: (text: string) => void): void {
  const area = event.currentTarget;
  if (event.key === 'Escape') area.dataset.leave = 'true';
  else if (event.key !== 'Tab' && event.key !== 'Shift') delete area.dataset.leave;
  if (event.key !== 'Tab' || event.shiftKey || area.dataset.leave === 'true') return;
  event.preventDefault();
  area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end');
  onChange(area.value);
}

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n += 1) at = text.indexOf('\n', at) + 1;
  return at;
}
