/** What an execution has cost, and behind it what it is made of: quantity and price of each item, and whether anybody bills it. */
import { type ReactNode, type ToggleEvent, useId, useRef } from 'react';
import type { ExecutionCost } from '../../lib/api/execution.ts';
import { formatDuration, formatMicroUsd } from '../../lib/format.ts';

const count = (quantity: number): string => quantity.toLocaleString('en');
const kibibytes = (bytes: number): string => `${count(Math.ceil(bytes / 1_024))} KiB`;

const items: Readonly<Record<string, readonly [name: string, amount: (quantity: number) => string]>> = {
  documentWrites: ['Documents written', count],
  documentReads: ['Documents read', count],
  documentDeletes: ['Deletes, at their end too', count],
  documentBytes: ['Documents kept', kibibytes],
  publishes: ['Messages', count],
  tasks: ['Timers', count],
  invocations: ['Requests', count],
  vcpuMs: ['Processor', formatDuration],
  memoryMibMs: ['Memory', (mibMs) => `${count(Math.round(mibMs / 1_000))} MiB s`],
  blobWrites: ['Large values written', count],
  blobReads: ['Large values read', count],
  blobBytes: ['Large values kept', kibibytes],
  keyOperations: ['Secrets opened', count],
};

const gapPx = 6;

export function CostFact({ cost }: { readonly cost: ExecutionCost }): ReactNode {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const rows = Object.entries(cost.items);
  const isEstimate = cost.basis === 'cloud-estimate';
  const text = `${isEstimate ? '≈ ' : ''}${formatMicroUsd(cost.microUsd)}`;
  if (rows.length === 0) return text;
  /** Below its button; the top layer knows no parent to hang on. */
  const place = (event: ToggleEvent<HTMLDivElement>): void => {
    const rect = button.current?.getBoundingClientRect();
    if (event.newState !== 'open' || !rect) return;
    const { style } = event.currentTarget;
    style.insetBlockStart = `${rect.bottom + gapPx}px`;
    style.insetInlineStart = `${Math.max(gapPx, Math.min(rect.left, window.innerWidth - 340))}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="link num"
        popoverTarget={id}
        aria-label={`Cost ${text}: show what it is made of`}
      >
        {text}
      </button>
      <div
        id={id}
        popover="auto"
        onBeforeToggle={place}
        className="m-0 w-[320px] rounded-xl font-normal whitespace-normal border border-line bg-surface p-3 text-ink shadow-lg"
      >
        <table className="w-full text-sm">
          <caption className="pb-2 text-left text-ink-2">
            {isEstimate ? 'Nothing is billed here. In the cloud it would cost, at list prices' : 'At list prices'} of{' '}
            {cost.location}:
          </caption>
          <tbody>
            {rows.map(([item, { quantity, microUsd }]) => (
              <tr key={item} className="border-t border-line">
                <th scope="row" className="py-1 pr-2 text-left font-normal">
                  {items[item]?.[0] ?? item}
                </th>
                <td className="num py-1 pr-3 text-right whitespace-nowrap text-ink-2">{(items[item]?.[1] ?? count)(quantity)}</td>
                <td className="num py-1 text-right whitespace-nowrap">{formatMicroUsd(microUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
