/** Which of `count` rows of one height are in view, so that a list of ten thousand costs what a list of fifty costs. */
import { type RefObject, useEffect, useState } from 'react';

const overscan = 8;

export function useWindowed(
  ref: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): { readonly first: number; readonly last: number } {
  const [view, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let frame = 0;
    const measure = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        setView((old) => {
          const next = { top: element.scrollTop, height: element.clientHeight };
          return Math.abs(next.top - old.top) < rowHeight && next.height === old.height ? old : next;
        });
      });
    };
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [ref, rowHeight]);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan);
  return { first, last: Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + overscan) };
}
