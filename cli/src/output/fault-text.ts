/** The error of an execution or step in one line: message, code and, for an execution, where. */
import type { Style } from './style.ts';
import { oneLine } from './text-width.ts';

type Fault = {
  readonly code?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly nodeId?: string | null | undefined;
};

export function faultText({ code, message, nodeId }: Fault, style: Style): string {
  const where = nodeId ? ` in ${oneLine(nodeId)}` : '';
  return `${style.bad(oneLine(message ?? ''))} ${style.dim(`[${oneLine(code ?? '')}${where}]`)}`;
}
