/** What one node of n8n becomes. */
import type { JsonObject } from '../../model/json.ts';
import type { Value } from '../value.ts';

export type Mapping = {
  readonly type: string;
  readonly params: JsonObject;
  readonly retry?: JsonObject;
  readonly timeoutMs?: number;
  readonly credential?: string;
  readonly partly?: string;
  /** It cannot do its work as it stands: the node is switched off. */
  readonly off?: boolean;
  /** Where its output is found, once it has an id: what n8n calls `$json` behind it. */
  readonly out: (id: string) => Value;
  /** n8n runs it once for each item that comes in. */
  readonly perItem?: boolean;
  /** n8n makes several items of its output, where that is a list. */
  readonly manyItems?: boolean;
};
