/**
 * GraphiQL loads its four editors after the page. A tab that is chosen before them would be filled with another tab's text; so nothing
 * inside can be reached until they are there.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react';

const editors = 4;

export function WhenEditorsAreThere({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [areThere, setThere] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new MutationObserver(look);
    function look(): void {
      if ((element?.querySelectorAll('.CodeMirror').length ?? 0) < editors) return;
      observer.disconnect();
      setThere(true);
    }
    observer.observe(element, { childList: true, subtree: true });
    look();
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className="place" inert={!areThere} aria-busy={!areThere}>
      {children}
    </div>
  );
}
