/**
 * Aligned columns that fit the terminal: the widest flexible columns give way first. Without a terminal nothing is cut, so that a pipe
 * gets every character.
 */
import { cutText, oneLine, padText, textWidth } from './text-width.ts';

export type Column<Row> = {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** May be cut where the terminal is narrow. */
  readonly flexible?: boolean;
  readonly paint?: (text: string, row: Row) => string;
};

const gap = 2;
const narrowest = 8;

type TableOptions = { readonly width: number; readonly heading: (text: string) => string };

export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], options: TableOptions): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const natural = columns.map((column, at) => Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[at] ?? ''))));
  const widths = fitWidths(natural, columns, options.width);
  const line = (texts: readonly string[], paint: (text: string, at: number) => string) =>
    texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        const cut = cutText(text, width);
        const painted = paint(cut, at);
        const padding = padText('', width - textWidth(cut));
        if (columns[at]?.align === 'right') return padding + painted;
        return at === texts.length - 1 ? painted : painted + padding;
      })
      .join(' '.repeat(gap))
      .trimEnd();
  const heading = line(
    columns.map((column) => column.title),
    (text) => options.heading(text),
  );
  const body = rows.map((row, index) => line(cells[index] ?? [], (text, at) => columns[at]?.paint?.(text, row) ?? text));
  return `${[heading, ...body].join('\n')}\n`;
}

function fitWidths<Row>(natural: readonly number[], columns: readonly Column<Row>[], width: number): number[] {
  const widths = [...natural];
  if (width <= 0) return widths;
  const total = () => widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
  while (total() > width) {
    let widest = -1;
    for (const [at, column] of columns.entries()) {
      const own = widths[at] ?? 0;
      if (column.flexible && own > narrowest && (widest < 0 || own > (widths[widest] ?? 0))) widest = at;
    }
    if (widest < 0) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
