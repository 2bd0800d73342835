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

/** Steps per request for more. The execution itself brings the first ones; a page costs the server as much as reading them all. */
const moreAtOnce = 1_000;
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
  const failedAt = query.data?.error;
  useEffect(() => {
    if (!truncated || !failedAt?.nodeId) return;
    // The step that failed may be far down the list, and it is the one to see first.
    const stop = new AbortController();
    const wanted = { nodeId: failedAt.nodeId, scope: failedAt.scope ?? '', limit: 1 };
    api.call(`${path}/steps`, StepPage, { query: wanted, signal: stop.signal }).then(
      (page) => store.apply(page.items),
      () => undefined, // the error is shown by the execution itself as well
    );
    return () => stop.abort();
  }, [api, path, store, truncated, failedAt?.nodeId, failedAt?.scope]);
  useEffect(() => {
    if (over) void queries.invalidateQueries({ queryKey: keys.logs(id) });
  }, [over, queries, id]);

  return {
    execution: query.data,
    error: query.data ? undefined : query.error,
    steps,
    stream,
    moreSteps: truncated && !pages.exhausted,
    loadMoreSteps: pages.next,
    take,
    reload,
  };
}

function useStepPages(
  path: string,
  apply: (steps: readonly Step[]) => void,
): { readonly exhausted: boolean; readonly next: () => void } {
  const api = useApi();
  const [exhausted, setExhausted] = useState(false);
  const cursor = useRef<string | undefined>(undefined);
  const busy = useRef<AbortController | null>(null);
  useEffect(() => () => busy.current?.abort(), []);
  const read = useCallback(async () => {
    busy.current?.abort();
    const stop = new AbortController();
    busy.current = stop;
    // The first pages are known from the execution itself.
    const wanted = cursor.current === undefined ? moreAtOnce + 500 : moreAtOnce;
    let count = 0;
    do {
      const page = await api.call(`${path}/steps`, StepPage, {
        query: { limit: 200, cursor: cursor.current },
        signal: stop.signal,
      });
      apply(page.items);
      count += page.items.length;
      cursor.current = page.nextCursor ?? undefined;
    } while (cursor.current !== undefined && count < wanted && !stop.signal.aborted);
    if (cursor.current === undefined) setExhausted(true);
  }, [api, path, apply]);
  // A lost page means fewer rows; the button that asks for more is still there.
  const next = useCallback(() => void read().catch(() => undefined), [read]);
  return { exhausted, next };
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
