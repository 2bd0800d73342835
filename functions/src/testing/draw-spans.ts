/** A trace as text: one line a span, indented under its parent, with the spans that it links to. */
import type { RecordedSpan } from './recording-telemetry.ts';

export function drawSpans(spans: readonly RecordedSpan[]): string[] {
  const known = new Map(spans.map((span) => [span.spanId, span]));
  const linkTo = (id: string): string => {
    const to = known.get(id);
    return ` <- ${to ? labelOf(to) : 'a stranger'}`;
  };
  const draw = (under: string | undefined, indent: string): string[] =>
    spans
      .filter(({ parentId }) => (parentId !== undefined && known.has(parentId) ? parentId : undefined) === under)
      .sort((a, b) => a.startedAt - b.startedAt)
      .flatMap((span) => [`${indent}${labelOf(span)}${span.links.map(linkTo).join('')}`, ...draw(span.spanId, `${indent}  `)]);
  return draw(undefined, '');
}

function labelOf({ name, attributes, failed }: RecordedSpan): string {
  const failure = failed === undefined ? '' : ` (${failed})`;
  if (name === 'branch')
    return `branch ${attributes['automateos.branch.id']}: ${attributes['automateos.branch.outcome']}${failure}`;
  if (!name.startsWith('step ')) return `${name}${failure}`;
  const { 'automateos.node.id': node, 'automateos.step.attempt': attempt, 'automateos.step.outcome': outcome } = attributes;
  return `${name} ${node} ${attempt}: ${outcome}${failure}`;
}
