/** The same for many dead letters, call after call of at most 100: what became of each, and a failing exit code if one could not be done. */
import type { JsonObject } from '@automateos/shared/model/json';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { DeadLettersHandled } from '../http/answers.ts';
import { plural } from '../output/humanise.ts';
import { oneLine } from '../output/text-width.ts';
import { done, type Session } from '../session.ts';

export type FilterOptions = {
  readonly kind?: string;
  readonly workflow?: string;
  readonly execution?: string;
  readonly installation?: boolean;
};

const atOnce = 100;

export async function handleMany(
  { api, out }: Session,
  verb: 'redrive' | 'discard',
  ids: readonly string[],
  options: FilterOptions & { readonly reason?: string },
): Promise<ExitCode> {
  const items = [];
  for (const part of ids.length > 0 ? partsOf(ids) : [null]) {
    let cursor: string | undefined;
    do {
      const choice: JsonObject =
        part === null ? { filter: filterOf(options), ...(cursor === undefined ? {} : { cursor }) } : { ids: part };
      const reason = options.reason === undefined ? {} : { reason: options.reason };
      const json = { ...choice, ...reason };
      const answer = await api.call(DeadLettersHandled, `/v1/dead-letters/${verb}`, { method: 'POST', json });
      items.push(...answer.items);
      cursor = part === null ? (answer.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined);
  }
  const failed = items.filter(({ ok }) => !ok);
  out.result({ items }, () => {
    for (const { id, problem } of failed) {
      out.line(
        `${out.style.bad('✗')} ${oneLine(id)}  ${oneLine(problem?.detail ?? '')} ${out.style.dim(`[${problem?.code ?? ''}]`)}`,
      );
    }
    const count = items.length - failed.length;
    out.line(`${plural(count, 'dead letter')} ${verb === 'redrive' ? 'redriven' : 'discarded'}.`);
  });
  return failed.length > 0 ? exitCode.failed : done;
}

function filterOf({ kind, workflow, execution, installation }: FilterOptions): JsonObject {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(workflow === undefined ? {} : { workflowId: workflow }),
    ...(execution === undefined ? {} : { executionId: execution }),
    ...(installation ? { place: 'installation' } : {}),
  };
}

function partsOf(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += atOnce) parts.push(ids.slice(at, at + atOnce));
  return parts;
}
