/** One cell of the matrix as a request, and what its answer must be. */

import type { Api } from '../../api/create-api.ts';
import { type Action, mayDo } from '../../app/auth/permissions.ts';
import { type Answered, type ApiFixture, readAnswer } from '../api-fixture.ts';
import type { Operation } from '../every-route.ts';
import type { Caller } from './callers.ts';
import type { Row } from './row.ts';
import type { Tenant } from './tenant.ts';

export type Cell = {
  readonly operation: Operation;
  readonly row: Row;
  /** Whose things the request names. */
  readonly tenant: Tenant;
  readonly params: Readonly<Record<string, string>>;
  readonly authorization: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

let cells = 0;

export async function askCell({ api, call }: ApiFixture, cell: Cell): Promise<Answered> {
  const { operation, row, tenant, params, authorization, headers } = cell;
  cells += 1;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? `no ${name}`));
  const body = row.body?.(tenant, cells);
  const address = `${path}${row.query === undefined ? '' : `?${row.query}`}`;
  if (row.endless && authorization !== null) return headOf(api, address, { ...headers, authorization });
  return call(operation.method, address, body, { ...headers, authorization });
}

async function headOf(api: Api, address: string, headers: Readonly<Record<string, string>>): Promise<Answered> {
  const request = new Request(`http://127.0.0.1${address}`, { headers });
  const response = await api.fetch(request, { clientAddress: '192.0.2.1' });
  const { status, headers: answered } = response;
  if (status !== 200) return readAnswer(response);
  await response.body?.cancel();
  return { status, headers: answered, text: '', body: {} };
}

export function isAllowed(row: Pick<Row, 'action' | 'also'>, caller: Caller): boolean {
  switch (row.action) {
    case 'public':
    case 'signed-in':
      return true;
    case 'account':
      return caller.via === 'session';
    default:
      return [row.action, ...(row.also ?? [])].every((action) => may(caller, action));
  }
}

function may({ role, scopes }: Caller, action: Action): boolean {
  return mayDo(role, action) && (scopes === undefined || scopes.includes(action));
}

export function isSuccess(row: Row, status: number): boolean {
  return row.success === undefined ? status >= 200 && status < 205 : row.success.includes(status);
}
