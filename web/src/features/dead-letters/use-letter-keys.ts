/** J and K go through the list; R and X move the focus to the button, so that Enter confirms and nothing happens by a slip. */
import { useEffect, useRef } from 'react';

type Keys = { readonly ids: readonly string[]; readonly openId: string; readonly open: (id: string) => void };

export const redriveButtonId = 'redrive';
export const discardButtonId = 'discard';

export function useLetterKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event.target)) return;
      const { ids, openId, open } = latest.current;
      const key = event.key.toLowerCase();
      const at = ids.indexOf(openId);
      const next = key === 'j' ? ids[at + 1] : key === 'k' ? ids[at - 1] : undefined;
      if (next !== undefined) open(next);
      else if (key === 'r') document.getElementById(redriveButtonId)?.focus();
      else if (key === 'x') document.getElementById(discardButtonId)?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null)
  );
}
