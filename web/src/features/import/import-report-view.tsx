/** What a file becomes: how many steps do the same here, and each that does not, with the reason. */
import type { ReactNode } from 'react';
import type { ImportCheck, ImportedNode } from '../../lib/api/workflow-import.ts';
import { formatCount } from '../../lib/format.ts';
import { type StatusName, StatusShape } from '../../ui/status.tsx';

const sources: Readonly<Record<string, string>> = {
  automateos: 'AutomateOS',
  n8n: 'n8n',
  asl: 'AWS Step Functions',
  'google-workflows': 'Google Cloud Workflows',
};
const shown: Readonly<
  Record<ImportedNode['status'], { readonly status: StatusName; readonly word: string; readonly place: number }>
> = {
  unmapped: { status: 'skipped', word: 'Switched off', place: 0 },
  partly: { status: 'invalid', word: 'Look at it', place: 1 },
  mapped: { status: 'succeeded', word: 'The same', place: 2 },
};

export function ImportReportView({ check }: { readonly check: ImportCheck }): ReactNode {
  const { report, problems, definition } = check;
  const { nodes, expressions, credentials, warnings } = report;
  const items = report.items.toSorted((a, b) => shown[a.status].place - shown[b.status].place);
  return (
    <section aria-label="What it becomes" className="surface-card flex flex-col divide-y divide-line">
      <div className="p-4">
        <h2 className="text-base font-semibold break-words">{definition.name || 'A workflow without a name'}</h2>
        <p className="text-ink-2">
          From {sources[report.source] ?? report.source}. {formatCount(nodes.total, 'step')}: {nodes.mapped} the same
          {nodes.partly > 0 ? `, ${nodes.partly} to look at` : ''}
          {nodes.unmapped > 0 ? `, ${nodes.unmapped} switched off` : ''}.
          {expressions.total > 0 ? ` ${expressions.mapped} of ${formatCount(expressions.total, 'expression')} rewritten.` : ''}
        </p>
      </div>
      {problems.length > 0 ? (
        <Part title={`It cannot run yet: ${formatCount(problems.length, 'problem')}`}>
          {problems.map((problem) => (
            <li key={`${problem.path} ${problem.code}`}>
              <code className="text-xs break-all text-ink-3">{problem.path}</code>
              <span className="block break-words">{problem.message}</span>
            </li>
          ))}
        </Part>
      ) : null}
      {items.length > 0 ? (
        <Part title="Steps">
          {items.map((item) => (
            <li key={`${item.sourceName} ${item.nodeId}`} className="flex items-start gap-2">
              <span className="pt-0.5">
                <StatusShape status={shown[item.status].status} label={shown[item.status].word} />
              </span>
              <span className="min-w-0 flex-1 break-words">
                <span className="font-medium">{item.sourceName}</span>
                {item.reason ? <span className="block text-ink-2">{item.reason}</span> : null}
              </span>
            </li>
          ))}
        </Part>
      ) : null}
      {expressions.unmapped.length > 0 ? (
        <Part title="Expressions to rewrite by hand">
          {expressions.unmapped.map((one) => (
            <li key={`${one.node} ${one.expression}`}>
              <code className="text-xs break-all">{one.expression}</code>
              <span className="block break-words text-ink-2">
                {one.node}: {one.reason}
              </span>
            </li>
          ))}
        </Part>
      ) : null}
      {credentials.length > 0 ? (
        <Part title="Credentials to make here, by these names">
          {credentials.map((one) => (
            <li key={one.name} className="break-words">
              <span className="font-medium">{one.name}</span>{' '}
              <span className="text-ink-2">
                {one.kind}, for {one.usedBy.join(', ')}
              </span>
            </li>
          ))}
        </Part>
      ) : null}
      {warnings.length > 0 ? (
        <Part title="Worth knowing">
          {warnings.map((warning) => (
            <li key={warning} className="break-words text-ink-2">
              {warning}
            </li>
          ))}
        </Part>
      ) : null}
    </section>
  );
}

function Part(props: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="p-4">
      <h3 className="mb-2 font-medium">{props.title}</h3>
      <ul className="flex flex-col gap-2">{props.children}</ul>
    </div>
  );
}
