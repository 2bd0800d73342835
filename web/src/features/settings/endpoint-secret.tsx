import type { ReactNode } from 'react';
import { SecretDialog } from './secret-dialog.tsx';

/** What the receiver checks signatures with. */
export function EndpointSecret(props: { readonly secret: string; readonly onClose: () => void }): ReactNode {
  return (
    <SecretDialog title="The endpoint’s secret" secret={props.secret} copyLabel="Copy secret" onClose={props.onClose}>
      <p>
        It is shown this once. Your receiver checks with it that a message is from here; any library for Standard Webhooks does.
      </p>
    </SecretDialog>
  );
}
