import type { ReactNode } from 'react';
import { StatusShape } from '../../ui/status.tsx';
import { Tile } from '../../ui/tile.tsx';

const steps = [
  { title: 'Order placed', line: '3 ms', icon: 'webhook', kind: 'trigger', state: 'succeeded' },
  { title: 'Fetch order', line: '0.9 s', icon: 'globe', kind: 'http', state: 'succeeded' },
  { title: 'Price each line', line: '4 of 4', icon: 'loop', kind: 'flow', state: 'succeeded' },
  { title: 'Tell the warehouse', line: '1.4 s · attempt 1', icon: 'globe', kind: 'http', state: 'running' },
  { title: 'More than $100?', line: 'Not reached yet', icon: 'branch', kind: 'flow', state: 'unreached' },
] as const;

/** Decoration: what a running workflow looks like. */
export function SignInPicture(): ReactNode {
  return (
    <div
      aria-hidden="true"
      className="relative hidden overflow-hidden bg-canvas bg-[radial-gradient(var(--color-canvas-dot)_1px,transparent_1.2px)] bg-[length:20px_20px] lg:block"
    >
      <div className="absolute top-[9%] left-1/2 flex -translate-x-1/2 flex-col items-center">
        {steps.map((step, index) => (
          <div key={step.title} className="flex flex-col items-center">
            {index === 0 ? null : (
              <span
                className={`h-9 w-[1.75px] ${step.state === 'succeeded' ? 'bg-succeeded' : step.state === 'running' ? 'bg-running' : 'bg-line-control'}`}
              />
            )}
            <div className={`step-card is-${step.state}`}>
              <Tile icon={step.icon} kind={step.kind} />
              <span className="min-w-0 flex-1">
                <span className="card-title block">{step.title}</span>
                <span className="card-line block">{step.line}</span>
              </span>
              {step.state === 'unreached' ? null : <StatusShape status={step.state} />}
            </div>
          </div>
        ))}
      </div>
      <div className="absolute inset-x-0 bottom-0 h-72 bg-linear-to-b from-transparent to-canvas to-60%" />
      <div className="absolute inset-x-0 bottom-14 text-center">
        <p className="text-2xl font-semibold">Workflows that finish.</p>
        <p className="text-base text-ink-2">
          Every step is written down before the next begins. Pull the plug and it carries on.
        </p>
      </div>
    </div>
  );
}
