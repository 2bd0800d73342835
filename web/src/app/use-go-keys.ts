/** G then W, E, A or D goes to workflows, executions, approvals or dead letters; N makes a new workflow on their list; / focuses a page's search field. */
import { useEffect } from 'react';
import type { NavigateFunction } from 'react-router';

const goals: Readonly<Record<string, string>> = {
  w: '/workflows',
  e: '/executions',
  a: '/approvals',
  d: '/dead-letters',
  s: '/settings',
};

export function useGoKeys(navigate: NavigateFunction): void {
  useEffect(() => {
    let waitingSince = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      const goal = Date.now() - waitingSince < 1_500 ? goals[key] : undefined;
      waitingSince = key === 'g' ? Date.now() : 0;
      if (goal) void navigate(goal);
      else if (key === '/') {
        const field = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (field) {
          event.preventDefault();
          field.focus();
        }
      } else if (key === 'n' && window.location.pathname === '/workflows') void navigate('/workflows/new');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null)
  );
}
