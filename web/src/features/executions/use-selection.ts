/** Which step, item and tab are shown: in the address, so that a link shows what the sender saw and Back closes the panel first. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { TabName } from './inspector-tab.tsx';

const tabs = new Set<string>(['error', 'output', 'input', 'attempts', 'logs', 'settings']);

export type Selection = {
  readonly nodeId: string | null;
  readonly scope: string | null;
  readonly tab: TabName | null;
  readonly select: (nodeId: string, scope?: string | null) => void;
  readonly setTab: (tab: TabName) => void;
  readonly clear: () => void;
};

export function useSelection(): Selection {
  const [params, setParams] = useSearchParams();
  const nodeId = params.get('step');
  const scope = params.get('item');
  const tab = params.get('tab');
  const select = useCallback(
    (next: string, item: string | null = null) => {
      setParams(
        (old) => {
          const query = new URLSearchParams(old);
          query.set('step', next);
          if (item) query.set('item', item);
          else query.delete('item');
          if (old.get('step') !== next) query.delete('tab');
          return query;
        },
        { replace: params.has('step') },
      );
    },
    [setParams, params],
  );
  const setTab = useCallback(
    (next: TabName) => {
      setParams(
        (old) => {
          const query = new URLSearchParams(old);
          query.set('tab', next);
          return query;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  const clear = useCallback(() => setParams({}), [setParams]);
  return useMemo(
    () => ({ nodeId, scope, tab: tab !== null && tabs.has(tab) ? (tab as TabName) : null, select, setTab, clear }),
    [nodeId, scope, tab, select, setTab, clear],
  ); // checked against the set
}
