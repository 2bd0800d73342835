/**
 * The child process that runs JavaScript: QuickJS with larger limits than an expression has, one script after the other, each in memory that is
 * put back afterwards. It ends itself when a script has left it in doubt.
 */
import { createHostLibrary } from '../expression/host-library.ts';
import { createQuickJsEngine, type EngineAnswer } from '../expression/quickjs-engine.ts';
import { readRequest, send, sendValue } from './child-channel.ts';
import { lockDown, sealLoading } from './child-lockdown.ts';
import type { ChildMessage, ChildRequest } from './child-protocol.ts';
import { createLogCollector, type LogCollector } from './log-collector.ts';
import { scriptLimits } from './script-limits.ts';

type Failed = Extract<ChildMessage, { type: 'failed' }>;

let logs: LogCollector = createLogCollector(scriptLimits.logChars);

await serve();

async function serve(): Promise<void> {
  const hosted = createHostLibrary();
  hosted('date.parse', '["2026-01-01"]'); // loads luxon while loading is still possible
  const open = lockDown();
  if (open.length > 0) {
    send({ type: 'unsafe', reason: open.join(', ') });
    return;
  }
  const engine = await createQuickJsEngine({
    mode: 'script',
    limits: {
      memoryBytes: scriptLimits.javascriptMemoryBytes,
      stackBytes: 262_144,
      cpuMs: 10_000,
      outputChars: scriptLimits.outputChars,
    },
    library: (name, json) => (name === 'log' ? keepLog(json) : hosted(name, json)),
  });
  sealLoading();
  send({ type: 'ready' });
  while (engine.usable()) {
    const request = readRequest();
    if (request === null) return;
    logs = createLogCollector(scriptLimits.logChars);
    answer(engine.run(prepare(request)));
  }
}

function keepLog(json: string): string {
  const [level, text]: readonly [string, string] = JSON.parse(json);
  logs.add(level === 'info' ? text : `${level}: ${text}`);
  return 'null';
}

function prepare({ code, globals, timeoutMs }: ChildRequest) {
  const names = Object.keys(globals);
  return {
    // The script begins on the second line, in its first column.
    code: `"use strict";(async(${names.join(',')})=>{\n${code}\n})`,
    values: JSON.stringify(Object.values(globals)),
    absent: [],
    cpuMs: timeoutMs,
  };
}

function answer(result: EngineAnswer): void {
  const lines = logs.lines();
  if (result.kind === 'value') sendValue(result.json, lines);
  else send({ type: 'failed', logs: [...lines], ...failure(result) });
}

function failure(result: Exclude<EngineAnswer, { kind: 'value' }>): Pick<Failed, 'kind' | 'message' | 'line' | 'column'> {
  if (result.kind === 'broken') return { kind: 'broken', message: result.message };
  if (result.kind !== 'error') return { kind: result.kind, message: '' };
  const place = /\bscript:(\d+):(\d+)/.exec(result.stack);
  const at = place ? { line: Number(place[1]) - 1, column: Number(place[2]) } : {};
  return { kind: 'error', message: result.message.slice(0, 4_000), ...at };
}
