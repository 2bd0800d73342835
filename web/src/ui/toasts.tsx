/** Short confirmations at the bottom left: six seconds, paused while pointed at, at most two. Anything lasting goes into the page. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type StatusName, StatusShape } from './status.tsx';

type Toast = { readonly id: number; readonly status: StatusName; readonly text: string };
type Tell = (status: StatusName, text: string) => void;

const ToastContext = createContext<Tell>(() => undefined);
export const useToast = (): Tell => useContext(ToastContext);

export function ToastHost(props: { readonly children: ReactNode }): ReactNode {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const tell = useCallback<Tell>((status, text) => {
    setToasts((shown) => [...shown, { id: (shown.at(-1)?.id ?? 0) + 1, status, text }].slice(-2));
  }, []);
  const drop = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext value={tell}>
      {props.children}
      <div
        aria-live="polite"
        className="pointer-events-none fixed bottom-4 left-4 z-50 flex max-w-[calc(100vw-32px)] flex-col gap-2"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onDone={drop} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastCard(props: { readonly toast: Toast; readonly onDone: (id: number) => void }): ReactNode {
  const [held, setHeld] = useState(false);
  const { toast, onDone } = props;
  const done = useMemo(() => () => onDone(toast.id), [onDone, toast.id]);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(done, 6_000);
    return () => clearTimeout(timer);
  }, [held, done]);
  return (
    <div
      className="pointer-events-auto flex items-center gap-3 rounded-lg bg-raised px-4 py-3 shadow-pop"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <StatusShape status={toast.status} />
      <span>{toast.text}</span>
    </div>
  );
}
