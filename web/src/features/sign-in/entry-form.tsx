/** A form that is sent once at a time; why it was not taken stands above its button. */
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';

export function EntryForm(props: {
  readonly button: string;
  readonly busy: string;
  readonly onSubmit: () => Promise<void>;
  readonly children?: ReactNode;
}): ReactNode {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const faultId = useId();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await props.onSubmit();
    } catch (error) {
      setFault(asFailure(error).message);
    }
    setBusy(false);
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit} aria-describedby={fault ? faultId : undefined}>
      {props.children}
      <FaultLine id={faultId}>{fault}</FaultLine>
      <button type="submit" className="btn btn-primary btn-lg" aria-disabled={busy}>
        {busy ? props.busy : props.button}
      </button>
    </form>
  );
}
