/** The address that starts the workflow, with a line to try it. Says when the address does not answer yet, and why. */
import type { ReactNode } from 'react';
import type { Workflow } from '../../lib/api/workflow.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { webhookCommand, webhookOf } from './webhook-address.ts';

export function WebhookBar(props: { readonly workflow: Workflow }): ReactNode {
  const { workflow } = props;
  const webhook = webhookOf(workflow, window.location.origin);
  if (webhook === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-2 text-xs">
      <span className="flex items-center gap-1.5 text-ink-2">
        <Icon name="hook" />
        Webhook
      </span>
      <code className="min-w-0 break-all">{webhook.address}</code>
      <span className="flex items-center gap-2">
        <CopyButton text={webhook.address} label="Copy the webhook’s address" />
        <CopyButton text={webhookCommand(webhook, workflow.definition)} label="Copy as curl">
          Copy as curl
        </CopyButton>
      </span>
      {workflow.active ? null : <span className="text-ink-3">Answers as soon as the workflow is on.</span>}
    </div>
  );
}
