/** What an execution has cost, and behind it what it is made of: quantity and price of each item, and whether anybody bills it. */
import { type ReactNode, type ToggleEvent, useId, useRef } from 'react';
import type { ExecutionCost } from '../../lib/api/execution.ts';
import { formatMicroUsd } from '../../lib/format.ts';

const names: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  documentWrites: ['Documents written', ''],
  documentReads: ['Documents read', ''],
  documentDeletes: ['Documents deleted, by retention too', ''],
  documentBytes: ['Documents kept', 'bytes'],
  publishes: ['Messages', ''],
  tasks: ['Timers', ''],
  invocations: ['Requests', ''],
  vcpuMs: ['Processor', 'ms'],
  memoryMibMs: ['Memory', 'MiB ms'],
  blobWrites: ['Large values written', ''],
  blobReads: ['Large values read', ''],
  blobBytes: ['Large values kept', 'bytes'],
  keyOperations: ['Secrets opened', ''],
};

const gapPx = 6;

export function CostFact({ cost }: { readonly cost: ExecutionCost }): ReactNode {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const items = Object.entries(cost.items);
  const isEstimate = cost.basis === 'cloud-estimate';
  const text = `${isEstimate ? '≈ ' : ''}${formatMicroUsd(cost.microUsd)}`;
  if (items.length === 0) return text;
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
        className="m-0 w-[320px] rounded-xl border border-line bg-surface p-3 text-ink shadow-lg"
      >
        <table className="w-full text-sm">
          <caption className="pb-2 text-left text-ink-2">
            {isEstimate ? 'Nothing is billed here. In the cloud it would cost, at list prices' : 'At list prices'} of{' '}
            {cost.location}:
          </caption>
          <tbody>
            {items.map(([item, { quantity, microUsd }]) => (
              <tr key={item} className="border-t border-line">
                <th scope="row" className="py-1 pr-2 text-left font-normal">
                  {names[item]?.[0] ?? item}
                </th>
                <td className="num py-1 pr-3 text-right text-ink-2">
                  {quantity.toLocaleString('en')} {names[item]?.[1] ?? ''}
                </td>
                <td className="num py-1 text-right">{formatMicroUsd(microUsd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
