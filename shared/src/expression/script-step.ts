/**
 * What the script node types share: their params and the step that hands the code to the sandbox. What a script prints becomes the
 * step's log, also when it fails.
 */
import { z } from 'zod';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { StepError } from '../model/step-error.ts';
import type { Execute, StepContext } from '../ports/node-runtime.ts';

export const ScriptParams = z.strictObject({
  code: z.string().min(1).max(262_144).describe('The body of a function: what it returns is the output of the step'),
  timeoutMs: z.int().min(1).max(300_000).default(10_000).describe('Time that the script may take, milliseconds'),
});
export type ScriptParams = z.infer<typeof ScriptParams>;

/** Above the largest `timeoutMs`, so that the script's own limit is the one that tells. */
export const scriptStepTimeoutMs = 360_000;

export function scriptStep(language: 'javascript' | 'python'): Execute {
  return async (context) => {
    const { code, timeoutMs } = ScriptParams.parse(context.params);
    try {
      const { value, logs } = await context.sandbox.run({
        language,
        code,
        globals: context.globals,
        timeoutMs,
        signal: context.signal,
      });
      for (const line of logs) logLine(context, line);
      return { output: value };
    } catch (error) {
      if (error instanceof StepError) throw withoutLogs(context, error);
      throw error;
    }
  };
}

/** `warn: text` and the like come from console.warn; everything else is what was printed. */
function logLine(context: StepContext, line: string): void {
  const marked = /^(debug|warn|error): ([\s\S]*)$/.exec(line);
  const level = marked?.[1];
  if (level === 'debug' || level === 'warn' || level === 'error') context.log(level, marked?.[2] ?? '');
  else context.log('info', line);
}

function withoutLogs(context: StepContext, error: StepError): StepError {
  const { details } = error.failure;
  if (!isJsonObject(details)) return error;
  const { logs, ...rest } = details;
  if (Array.isArray(logs)) for (const line of logs) logLine(context, String(line satisfies JsonValue));
  return new StepError({ ...error.failure, details: Object.keys(rest).length > 0 ? rest : undefined }, { cause: error });
}
