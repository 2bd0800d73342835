/** A form in a dialog: sent once at a time by its button or Enter; why it was not taken stands at its end. */
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { asFailure } from '../../lib/problem-error.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FaultLine } from '../../ui/fault-line.tsx';

export function FormDialog(props: {
  readonly title: string;
  readonly button: string;
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const formId = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await props.onSubmit();
    } catch (error) {
      const { message, problems } = asFailure(error);
      setFault(problems[0]?.message ?? message);
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <button type="button" className="btn btn-ghost" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" form={formId} className="btn btn-primary" aria-disabled={busy}>
            {props.button}
          </button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={submit}>
        {props.children}
        <FaultLine>{fault}</FaultLine>
      </form>
    </Dialog>
  );
}
