/** How a field of Query, Mutation or Subscription is asked: its arguments as GraphQL writes them, with the action that it needs. */
import type { Action } from '../../../app/auth/permissions.ts';
import type { Row } from '../row.ts';
import type { Tenant } from '../tenant.ts';

export type GraphqlRow = {
  readonly action: Exclude<Row['action'], 'public'>;
  /** Actions that the work needs besides: a key for `action` alone does not do. */
  readonly also?: readonly Action[];
  /** `(id: "wf_...")`; called for each cell that may use up what it names. */
  readonly args?: (tenant: Tenant, cell: number) => Promise<string> | string;
  /** It names something of an organization: a stranger gets null, NOT_FOUND or an empty list. */
  readonly names?: true;
  /** Success may also be one of these types or codes: with its reason beside it. */
  readonly success?: readonly string[];
  /** What it takes is refused to all organizations but the one that runs the installation. */
  readonly installation?: true;
  /** The work ends the caller, or what the caller works in: each allowed cell has a caller of its own; its `id`, where it makes one, is the argument. */
  readonly throwaway?: NonNullable<Row['throwaway']>;
};

export type GraphqlRows = Readonly<Record<string, GraphqlRow>>;

/** A GraphQL literal. */
export const text = (value: string): string => JSON.stringify(value);
