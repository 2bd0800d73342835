/** For what cannot be undone: names on its button what will happen, and why it could not. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { asFailure } from '../../lib/problem-error.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FaultLine } from '../../ui/fault-line.tsx';

export function ConfirmDialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly button: string;
  readonly keep: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}): ReactNode {
  const work = useMutation({ mutationFn: props.onConfirm, onSuccess: props.onClose });
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <>
          <button type="button" className="btn btn-ghost" onClick={props.onClose}>
            {props.keep}
          </button>
          <button
            type="button"
            className="btn btn-danger"
            aria-disabled={work.isPending}
            onClick={() => work.isPending || work.mutate()}
          >
            {props.button}
          </button>
        </>
      }
    >
      <div className="text-ink-2">{props.children}</div>
      <FaultLine>{work.isError ? asFailure(work.error).message : null}</FaultLine>
    </Dialog>
  );
}
