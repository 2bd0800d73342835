/**
 * One execution, live until it is over: read once, followed by events. An event that carries a step is applied as it is; any other one
 * means "read again". A lost connection resumes where it stopped and shows what is known meanwhile.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { Execution, isOver } from '../../lib/api/execution.ts';
import { Step, StepPage } from '../../lib/api/step.ts';
import { useApi } from '../../lib/console-context.tsx';
import { followEvents, type StreamState } from '../../lib/event-stream.ts';
import { keys } from '../../lib/queries.ts';
import { createStepStore, type StepKey } from './step-store.ts';

/** Steps read without being asked; beyond, the person asks for more. */
const eagerSteps = 2_000;
const StepEvent = z.looseObject({ step: Step });

export type LiveExecution = {
  readonly execution: Execution | undefined;
  readonly error: unknown;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly stream: StreamState;
  readonly moreSteps: boolean;
  readonly loadMoreSteps: () => void;
  readonly reload: () => void;
  /** Takes a step that was read elsewhere. */
  readonly take: (step: Step) => void;
};

export function useExecution(id: string): LiveExecution {
  const api = useApi();
  const queries = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another execution has other steps
  const store = useMemo(() => createStepStore(), [id]);
  const steps = useSyncExternalStore(store.subscribe, store.get);
  const [stream, setStream] = useState<StreamState>('connecting');
  const path = `/v1/executions/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: keys.execution(id),
    queryFn: async ({ signal }) => {
      const execution = await api.call(path, Execution, { signal });
      store.apply(execution.steps ?? []);
      return execution;
    },
  });
  const pages = useStepPages(path, store.apply);
  const over = query.data !== undefined && isOver(query.data.status);
  const generation = query.data?.generation;

  const reload = useCallback(() => {
    void queries.invalidateQueries({ queryKey: keys.execution(id) });
  }, [queries, id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry begins a new generation of the same execution, which is followed anew
  useEffect(() => {
    if (query.data === undefined) return;
    if (over) {
      setStream('ended');
      return;
    }
    const soon = createThrottle(reload, 400);
    const stop = followEvents(api, `${path}/events`, {
      onState: setStream,
      onEvent(event) {
        const step = StepEvent.safeParse(parseJson(event.data));
        if (step.success) store.apply([step.data.step]);
        if (!step.success || event.event === 'done') soon();
      },
    });
    return () => {
      stop();
      soon.cancel();
    };
  }, [api, path, over, generation, query.data === undefined, reload, store]);

  // The last event may come before the last commit is readable; one more look afterwards settles it.
  useEffect(() => {
    if (stream !== 'ended' || over || query.data === undefined) return;
    const timer = setInterval(reload, 1_000);
    return () => clearInterval(timer);
  }, [stream, over, query.data, reload]);

  const take = useCallback((step: Step) => store.apply([step]), [store]);
  const truncated = query.data?.stepsTruncated === true;
  const { restart } = pages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of the execution is a reason to read them again
  useEffect(() => {
    if (truncated) restart();
  }, [truncated, over, restart]);
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: keys.logs(id) });
  }, [over, queries, id]);

  return {
    execution: query.data,
    error: query.data ? undefined : query.error,
    steps,
    stream,
    moreSteps: pages.more,
    loadMoreSteps: pages.next,
    take,
    reload,
  };
}

function useStepPages(
  path: string,
  apply: (steps: readonly Step[]) => void,
): { readonly more: boolean; readonly next: () => void; readonly restart: () => void } {
  const api = useApi();
  const [more, setMore] = useState(false);
  const cursor = useRef<string | undefined>(undefined);
  const busy = useRef<AbortController | null>(null);
  const read = useCallback(
    async (limit: number) => {
      busy.current?.abort();
      const stop = new AbortController();
      busy.current = stop;
      let count = 0;
      do {
        const page = await api.call(`${path}/steps`, StepPage, {
          query: { limit: 200, cursor: cursor.current },
          signal: stop.signal,
        });
        apply(page.items);
        count += page.items.length;
        cursor.current = page.nextCursor ?? undefined;
      } while (cursor.current !== undefined && count < limit && !stop.signal.aborted);
      if (!stop.signal.aborted) setMore(cursor.current !== undefined);
    },
    [api, path, apply],
  );
  const quiet = useCallback(
    (limit: number) => {
      // The execution itself carries steps too, and the page shows its own errors: a lost page here only means fewer rows.
      read(limit).catch(() => undefined);
    },
    [read],
  );
  const restart = useCallback(() => {
    cursor.current = undefined;
    quiet(eagerSteps);
  }, [quiet]);
  useEffect(() => () => busy.current?.abort(), []);
  const next = useCallback(() => quiet(eagerSteps), [quiet]);
  return { more, next, restart };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not data: a hint to read again
  }
}

/** Calls at once, then at most once per `everyMs`, the last call never lost. */
function createThrottle(call: () => void, everyMs: number): { (): void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const run = (): void => {
    if (timer !== undefined) {
      again = true;
      return;
    }
    call();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        run();
      }
    }, everyMs);
  };
  return Object.assign(run, { cancel: () => clearTimeout(timer) });
}
