/** How a request to one operation is filled, which action of the permission table it needs, and what its success looks like. */
import type { JsonValue } from '@automateos/shared/model/json';
import type { Action } from '../../app/auth/permissions.ts';
import type { Answered, ApiFixture } from '../api-fixture.ts';
import type { Caller } from './callers.ts';
import type { Tenant } from './tenant.ts';

export type Params = Readonly<Record<string, string>>;

export type Row = {
  /** `signed-in`: any member. `account`: a person of their own accord, no key. `public`: anybody. */
  readonly action: Action | 'signed-in' | 'account' | 'public';
  /** Actions that the work needs besides: a key for `action` alone does not do. */
  readonly also?: readonly Action[];
  /** What stands in the braces of its path. Called for each cell that may use it up. */
  readonly params?: (tenant: Tenant) => Promise<Params> | Params;
  readonly query?: string;
  readonly body?: (tenant: Tenant, cell: number) => JsonValue;
  /** Statuses of a success; 200 to 204 when absent. Another one stands here with its reason beside it. */
  readonly success?: readonly number[];
  /** Statuses for strangers, where it is not 404: with its reason beside it. */
  readonly strangers?: readonly number[];
  /** What it names belongs to no organization (node types): strangers get it, too. */
  readonly shared?: true;
  /** Its answer goes on for as long as somebody reads: only the head is waited for. */
  readonly endless?: true;
  /** Concerns the installation: refused to all organizations but the one that runs it, whatever the role. */
  readonly installation?: true;
  /** The work ends the caller, or what the caller works in: each allowed cell has a caller of its own, which this makes. */
  readonly throwaway?: (
    fixture: ApiFixture,
    tenant: Tenant,
    caller: Caller,
  ) => Promise<{ readonly token: string; readonly params?: Params }>;
  /** Makes room for the next cell where there may be but few. */
  readonly after?: (tenant: Tenant, answer: Answered) => Promise<void>;
};

export type Rows = Readonly<Record<string, Row>>;

export const none = () => ({});

export function definition(cell: number, name = 'made in the matrix') {
  return { name: `${name} ${cell}`, nodes: [{ id: 'start', type: 'trigger.manual' }] };
}

export const ofWorkflow = ({ things }: Tenant): Params => ({ id: things.workflowId });
export const ofExecution = ({ things }: Tenant): Params => ({ id: things.executionId });
export const newWorkflow = async ({ make }: Tenant): Promise<Params> => ({ id: await make.workflow() });
