/** A form that is sent once at a time; why it was not taken stands above its button. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId } from 'react';
import { asFailure } from '../../lib/problem-error.ts';
import { FaultLine } from '../../ui/fault-line.tsx';

export function EntryForm(props: {
  readonly button: string;
  readonly busy: string;
  readonly onSubmit: () => Promise<void>;
  readonly children?: ReactNode;
}): ReactNode {
  const sending = useMutation({ mutationFn: props.onSubmit });
  const faultId = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!sending.isPending) sending.mutate();
  };
  const fault = sending.isError ? asFailure(sending.error).message : null;
  return (
    <form className="flex flex-col gap-4" onSubmit={submit} aria-describedby={fault ? faultId : undefined}>
      {props.children}
      <FaultLine id={faultId}>{fault}</FaultLine>
      <button type="submit" className="btn btn-primary btn-lg" aria-disabled={sending.isPending}>
        {sending.isPending ? props.busy : props.button}
      </button>
    </form>
  );
}
