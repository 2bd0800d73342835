/** A form in a dialog: sent once at a time by its button or Enter; why it was not taken stands at its end. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId } from 'react';
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
  const sending = useMutation({ mutationFn: props.onSubmit });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!sending.isPending) sending.mutate();
  };
  const failure = sending.isError ? asFailure(sending.error) : null;
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <button type="button" className="btn btn-ghost" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" form={formId} className="btn btn-primary" aria-disabled={sending.isPending}>
            {props.button}
          </button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={submit}>
        {props.children}
        <FaultLine>{failure && (failure.problems[0]?.message ?? failure.message)}</FaultLine>
      </form>
    </Dialog>
  );
}
