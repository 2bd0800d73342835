/** Something that is shown this once: it is nowhere to be read again, so the dialog closes by its own button only after saying so. */
import type { ReactNode } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { CommandLine } from '../../ui/notices.tsx';

export function SecretDialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly secret: string;
  readonly copyLabel: string;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      foot={
        <button type="button" className="btn btn-primary" onClick={props.onClose}>
          I have kept it
        </button>
      }
    >
      <div className="text-ink-2">{props.children}</div>
      <CommandLine text={props.secret} label={props.copyLabel} />
    </Dialog>
  );
}
