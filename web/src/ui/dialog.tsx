/** A modal dialog on the platform's own <dialog>: focus is kept inside, Esc closes, focus returns to where it was. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Icon } from './icon.tsx';

export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly foot: ReactNode;
}): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <header className="flex items-center gap-2 py-3 pr-3 pl-4">
        <h2 id={titleId} className="flex-1 text-lg font-semibold">
          {props.title}
        </h2>
        <button type="button" className="btn btn-ghost btn-sm btn-icon" aria-label="Close" onClick={props.onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto px-4 pb-4">{props.children}</div>
      <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">{props.foot}</footer>
    </dialog>
  );
}
