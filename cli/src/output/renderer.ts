/**
 * Where results and words go: results to stdout (a table, or with --json exactly one document, or one line per event for streams),
 * everything that accompanies them to stderr, so that a pipe gets the result only.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import type { CliError } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { renderProblems } from './render-problems.ts';
import { createStyle, type Style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { harmless } from './text-width.ts';

export type Renderer = {
  readonly json: boolean;
  /** Colours of stdout, and of stderr. */
  readonly style: Style;
  readonly noteStyle: Style;
  /** The machine's document with --json, else what `human` writes. */
  readonly result: (document: unknown, human: () => void) => void;
  readonly event: (document: unknown) => void;
  readonly line: (text?: string) => void;
  readonly value: (value: JsonValue) => void;
  readonly table: <Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string) => void;
  /** A word beside the result: to stderr, and not with --json. */
  readonly note: (text: string) => void;
  readonly error: (error: CliError) => void;
};

export function createRenderer(host: Host, json: boolean): Renderer {
  const style = createStyle(host, host.stdout);
  const noteStyle = createStyle(host, host.stderr);
  const line = (text = '') => host.stdout.write(`${text}\n`);
  return {
    json,
    style,
    noteStyle,
    result: (document, human) => (json ? line(JSON.stringify(document, null, 2)) : human()),
    event: (document) => line(JSON.stringify(document)),
    line,
    value: (value) => line(typeof value === 'string' ? harmless(value) : JSON.stringify(value, null, 2)),
    table: (rows, columns, empty) => {
      if (rows.length === 0) return host.stderr.write(`${noteStyle.dim(empty)}\n`);
      host.stdout.write(renderTable(rows, columns, { width: host.stdout.columns(), heading: style.dim }));
    },
    note: (text) => {
      if (!json) host.stderr.write(`${text}\n`);
    },
    error: (error) => {
      const { code, message, mend = [], problems = [], requestId, status } = error.details;
      if (json) {
        line(
          JSON.stringify({
            error: { code, message, status, requestId, problems: problems.length > 0 ? problems : undefined, mend },
          }),
        );
        return;
      }
      host.stderr.write(`${noteStyle.bad('✗')} ${harmless(message)} ${noteStyle.dim(`[${code}]`)}\n`);
      if (problems.length > 0) host.stderr.write(renderProblems(problems, noteStyle));
      for (const step of mend) host.stderr.write(`  ${noteStyle.accent('→')} ${harmless(step)}\n`);
      if (requestId !== undefined) host.stderr.write(noteStyle.dim(`  request ${harmless(requestId)}\n`));
    },
  };
}
