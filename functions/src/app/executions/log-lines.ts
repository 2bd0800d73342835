/** Log lines of a step as its journal entry has them: what it printed, then its failure. */
import type { Step } from '@automateos/shared/model/branch';
import { LogLevel, type LogLineView } from '@automateos/shared/model/execution-view';

export function linesOf(entry: Step): readonly LogLineView[] {
  const base = { at: entry.startedAt, nodeId: entry.node, scope: entry.scope, attempt: entry.attempt };
  const lines = (entry.logs ?? []).map((line): LogLineView => ({ ...base, ...splitLine(line) }));
  const { failure } = entry;
  if (failure === undefined) return lines;
  const message = `${failure.code}: ${failure.message}`;
  return [...lines, { ...base, at: entry.endedAt ?? entry.startedAt, level: failureLevel(entry), message }];
}

/** The levels of the same lines. */
export function levelsOf(entry: Step): readonly LogLevel[] {
  const levels = (entry.logs ?? []).map((line) => splitLine(line).level);
  return entry.failure === undefined ? levels : [...levels, failureLevel(entry)];
}

function failureLevel(entry: Step): LogLevel {
  return entry.handled === true ? 'warn' : 'error';
}

/** The journal holds `level: message`. */
function splitLine(line: string): { readonly level: LogLevel; readonly message: string } {
  const colon = line.indexOf(': ');
  const level = LogLevel.safeParse(line.slice(0, colon));
  return level.success ? { level: level.data, message: line.slice(colon + 2) } : { level: 'info', message: line };
}
