/**
 * The ScriptSandbox: children per language, started when first needed, ended when idle. A JavaScript child serves one script after the
 * other (its memory is put back after each); a Python child serves exactly one, and a spare is warmed in the meantime. Time counts from
 * when a child is ready. Where the lock-down cannot be set up nothing runs: SCRIPT_UNAVAILABLE.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deeperThan, maxJsonDepth } from '@automateos/shared/expression/json-depth';
import { jsonSize } from '@automateos/shared/expression/json-size';
import { scriptSyntaxProblem } from '@automateos/shared/expression/parse-script';
import type { JsonValue } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { ScriptRequest, ScriptResult, ScriptSandbox } from '@automateos/shared/ports/script-sandbox';
import { type ChildPool, createChildPool } from './child-pool.ts';
import type { ChildMessage, Language } from './child-protocol.ts';
import { startChild } from './sandbox-child.ts';
import { networkIsolation, sandboxCommand } from './sandbox-command.ts';
import { scriptLimits } from './script-limits.ts';

export type ScriptSandboxOptions = {
  /** Children per language that may work at a time. */
  readonly maxChildren?: number;
  readonly idleMs?: number;
};

export type ClosableScriptSandbox = ScriptSandbox & { readonly close: () => Promise<void> };

export function createScriptSandbox(options: ScriptSandboxOptions = {}): ClosableScriptSandbox {
  const pools = new Map<Language, ChildPool>();
  let isolation: readonly string[] | null | undefined;
  let emptyFolder: string | undefined;

  const pool = (language: Language): ChildPool => {
    const known = pools.get(language);
    if (known) return known;
    isolation ??= networkIsolation();
    emptyFolder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'automateos-script-'));
    const command = sandboxCommand(language, isolation);
    const folder = emptyFolder;
    const made = createChildPool({
      start: () => startChild(command, folder),
      maxChildren: options.maxChildren ?? 2,
      runsPerChild: language === 'python' ? 1 : 500,
      idleMs: options.idleMs ?? 60_000,
    });
    pools.set(language, made);
    return made;
  };

  return {
    async run(request) {
      check(request);
      return await runScript(pool(request.language), request);
    },
    async close() {
      await Promise.all([...pools.values()].map((one) => one.close()));
      pools.clear();
      if (emptyFolder !== undefined) fs.rmSync(emptyFolder, { recursive: true, force: true });
      emptyFolder = undefined;
    },
  };
}

/** What can be refused before anything is started. */
function check({ language, code, globals }: ScriptRequest): void {
  if (code.length > scriptLimits.codeChars)
    throw failure('SCRIPT_FAILED', `The script is longer than ${scriptLimits.codeChars} characters`);
  const problem = language === 'javascript' ? scriptSyntaxProblem(code) : null;
  if (problem) {
    const { message, line, column } = problem;
    throw failure('SCRIPT_FAILED', `SyntaxError: ${message} (line ${line})`, { line, column });
  }
  if (jsonSize(globals, scriptLimits.inputChars) > scriptLimits.inputChars) {
    throw failure('SCRIPT_MEMORY', 'The script refers to more data than fits the sandbox');
  }
}

async function runScript(pool: ChildPool, request: ScriptRequest): Promise<ScriptResult> {
  const { code, globals, timeoutMs, signal } = request;
  const outcome = await pool.run({ code, globals, timeoutMs }, signal);
  switch (outcome.kind) {
    case 'unavailable':
      throw failure('SCRIPT_UNAVAILABLE', `Scripts cannot run safely on this machine: ${outcome.reason}`);
    case 'aborted':
      throw outcome.reason;
    case 'timeout':
      throw tooSlow(timeoutMs);
    case 'memory':
      throw tooMuchMemory();
    case 'ended':
      throw failure('SCRIPT_FAILED', `The script's process ended: ${outcome.reason}`);
    case 'message':
      return read(outcome.message, timeoutMs);
  }
}

function read(message: ChildMessage, timeoutMs: number): ScriptResult {
  if (message.type === 'value') {
    const value = message.value as JsonValue; // the line that it stood in was parsed as JSON
    if (deeperThan(value, maxJsonDepth))
      throw failure('SCRIPT_OUTPUT_TOO_LARGE', `The result is nested deeper than ${maxJsonDepth} levels`);
    return { value, logs: message.logs };
  }
  if (message.type !== 'failed') throw failure('SCRIPT_FAILED', 'The sandbox answered out of turn');
  const { logs } = message;
  switch (message.kind) {
    case 'timeout':
      throw tooSlow(timeoutMs, logs);
    case 'memory':
      throw tooMuchMemory(logs);
    case 'output-too-large':
      throw failure('SCRIPT_OUTPUT_TOO_LARGE', `The result is larger than ${scriptLimits.outputChars} characters`, { logs });
    case 'broken':
    case 'error': {
      const { line, column } = message;
      const place = line === undefined ? {} : column === undefined ? { line } : { line, column };
      const where = line === undefined ? '' : ` (line ${line})`;
      throw failure('SCRIPT_FAILED', `${message.message}${where}`, { ...place, logs });
    }
  }
}

function tooSlow(timeoutMs: number, logs: readonly string[] = []): StepError {
  return new StepError({
    code: 'SCRIPT_TIMEOUT',
    message: `The script took longer than ${timeoutMs} ms`,
    class: 'timeout',
    details: { logs: [...logs] },
  });
}

function tooMuchMemory(logs: readonly string[] = []): StepError {
  return failure('SCRIPT_MEMORY', 'The script needs more memory than it may have', { logs });
}

type Details = { readonly line?: number; readonly column?: number; readonly logs?: readonly string[] };

function failure(code: string, message: string, details: Details = {}): StepError {
  const retryable = code === 'SCRIPT_FAILED';
  return new StepError({
    code,
    message,
    retryable,
    details: { ...details, ...(details.logs ? { logs: [...details.logs] } : {}) },
  });
}
