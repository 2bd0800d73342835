/**
 * All rows of the matrix. An operation that is not here fails it: a new route is held against every role and the other organization from its
 * first day. Its row goes to the file of its noun in rows/.
 */
import type { Rows } from './row.ts';
import { accountRows } from './rows/account-rows.ts';
import { executionsRows } from './rows/execution-rows.ts';
import { organizationRows } from './rows/organization-rows.ts';
import { thingRows } from './rows/thing-rows.ts';
import { workflowsRows } from './rows/workflow-rows.ts';

export const rows: Rows = { ...accountRows, ...organizationRows, ...workflowsRows, ...executionsRows, ...thingRows };
