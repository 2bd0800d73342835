import { WebhookEventType } from '@automateos/shared/model/outgoing-webhook';
import { type ReactNode, useState } from 'react';
import { EndpointWithSecret } from '../../lib/api/webhook-endpoint.ts';
import { useApi } from '../../lib/console-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormDialog } from './form-dialog.tsx';

const usual: readonly WebhookEventType[] = ['execution.failed', 'execution.timed-out', 'dead-letter.created'];

/** `onMade` gets the secret, which is in no other answer. */
export function NewEndpointDialog(props: {
  readonly onMade: (secret: string) => Promise<void>;
  readonly onClose: () => void;
}): ReactNode {
  const api = useApi();
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState<ReadonlySet<WebhookEventType>>(new Set(usual));
  const toggle = (event: WebhookEventType, isWanted: boolean): void => {
    const next = new Set(events);
    if (isWanted) next.add(event);
    else next.delete(event);
    setEvents(next);
  };
  const make = async (): Promise<void> => {
    const wanted = WebhookEventType.options.filter((event) => events.has(event));
    const json = { url: url.trim(), events: wanted, ...(description.trim() === '' ? {} : { description: description.trim() }) };
    await props.onMade((await api.call('/v1/webhook-endpoints', EndpointWithSecret, { method: 'POST', json })).secret);
  };
  return (
    <FormDialog title="New endpoint" button="Make the endpoint" onClose={props.onClose} onSubmit={make}>
      <TextField label="Address" type="url" required placeholder="https://" value={url} onChange={setUrl} />
      <TextField
        label="Name"
        maxLength={500}
        help="Optional: what listens there."
        value={description}
        onChange={setDescription}
      />
      <fieldset>
        <legend className="mb-1.5 font-medium">Events</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {WebhookEventType.options.map((event) => (
            <label key={event} className="flex min-h-8 items-center gap-2 max-md:min-h-11">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={events.has(event)}
                onChange={(change) => toggle(event, change.target.checked)}
              />
              <code className="text-xs">{event}</code>
            </label>
          ))}
        </div>
      </fieldset>
    </FormDialog>
  );
}
