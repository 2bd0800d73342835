/** What a dead message said: its words where they are text, never as markup; and what the queue wrote beside them. */
import type { ReactNode } from 'react';
import type { Delivery } from '../../lib/api/dead-letter.ts';
import { formatCount } from '../../lib/format.ts';
import { JsonView } from '../../ui/json-value.tsx';
import { jsonOf, textOf } from './message-text.ts';

const shownChars = 20_000;

export function DeliveryView(props: { readonly delivery: Delivery }): ReactNode {
  const { delivery } = props;
  const text = textOf(delivery.data);
  const json = text === null ? undefined : jsonOf(text);
  return (
    <>
      <p className="text-ink-2">
        {delivery.attempts ? `Tried ${formatCount(delivery.attempts, 'time')}. ` : null}
        {formatCount(delivery.bytes, 'byte')} on <code className="text-xs break-all">{delivery.subscription}</code>
      </p>
      {json !== undefined ? (
        <JsonView title="What it said" value={json} empty="" />
      ) : (
        <section aria-label="What it said" className="flex flex-col gap-2">
          <h3 className="font-medium">What it said</h3>
          {text === null || text === '' ? (
            <p className="text-ink-3">{delivery.bytes === 0 ? 'Nothing: it was empty.' : 'It is not text.'}</p>
          ) : (
            <MessageText text={text} />
          )}
        </section>
      )}
      {Object.keys(delivery.attributes).length === 0 ? null : (
        <JsonView title="Attributes" value={delivery.attributes} empty="" />
      )}
    </>
  );
}

function MessageText(props: { readonly text: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre tabIndex={0} className="mono max-h-80 overflow-auto rounded-md bg-sunken p-3 text-xs break-words whitespace-pre-wrap">
      {props.text.slice(0, shownChars)}
    </pre>
  );
}
