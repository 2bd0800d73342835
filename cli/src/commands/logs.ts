/** Log lines, oldest first; --follow asks again until the execution is over, and tells no line twice. */
import { exitCode } from '../exit-code.ts';
import { Execution, isOver, LogLine, Page } from '../http/answers.ts';
import { oneLine } from '../output/text-width.ts';
import { done, type Session } from '../session.ts';

type LogOptions = { readonly level?: string; readonly node?: string; readonly follow?: boolean };
/** Where reading stands: the page that was last, and how much of it was told. */
type Position = { cursor: string | undefined; told: number };

export async function printLogs(session: Session, id: string, options: LogOptions) {
  const { api, host, out } = session;
  const path = `/v1/executions/${encodeURIComponent(id)}`;
  const interrupt = new AbortController();
  const release = options.follow ? host.onInterrupt(() => interrupt.abort()) : () => undefined;
  const position: Position = { cursor: undefined, told: 0 };
  let lines = 0;
  try {
    for (;;) {
      // Asked before the lines are read: whatever was logged before the end is then read too.
      const over = !options.follow || isOver((await api.call(Execution, path)).status);
      for await (const line of newLines(session, `${path}/logs`, position, options)) {
        lines += 1;
        if (out.json) out.event(line);
        else out.line(renderLog(session, line));
      }
      if (over) break;
      await host.sleep(1_000, interrupt.signal);
      if (interrupt.signal.aborted) return exitCode.interrupted;
    }
  } finally {
    release();
  }
  if (lines === 0) out.note(out.noteStyle.dim('No log lines.'));
  return done;
}

async function* newLines({ api }: Session, path: string, position: Position, options: LogOptions): AsyncGenerator<LogLine> {
  for (;;) {
    const page = await api.call(Page(LogLine), path, {
      query: { level: options.level, nodeId: options.node, cursor: position.cursor, limit: 200 },
    });
    yield* page.items.slice(position.told);
    if (!page.nextCursor || page.nextCursor === position.cursor) {
      position.told = page.items.length;
      return;
    }
    position.cursor = page.nextCursor;
    position.told = 0;
  }
}

function renderLog({ out }: Session, line: LogLine): string {
  const level = line.level ?? 'info';
  const paint = level === 'error' ? out.style.bad : level === 'warn' ? out.style.warn : out.style.dim;
  const time = (line.at ?? line.time ?? '').slice(11, 23);
  return `${out.style.dim(oneLine(time))} ${paint(oneLine(level).padEnd(5))} ${oneLine(line.nodeId ?? '')}  ${oneLine(line.message ?? '')}`;
}
