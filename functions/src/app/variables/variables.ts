/** Variables of an organization: `vars` in expressions. Every step that names `vars` loads them all, so their number is bounded. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';

const mostVariables = 500;
const valueLimitChars = 16_384;

/** As it can stand behind `vars.`; `__proto__` would not be an ordinary name there. */
export const VariableName = z
  .string()
  .regex(
    /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$/,
    'starts with a letter or _ and has only letters, digits and _, at most 64',
  );

export const Variable = z.object({ name: VariableName, value: z.json(), updatedAt: z.string(), updatedBy: z.string() });
export type Variable = z.infer<typeof Variable>;

export async function listVariables(app: App, principal: Principal, page: PageRequest): Promise<Page<Variable>> {
  requirePermission(principal, 'variables.read');
  const query = { collection: paths.variables(principal.org), orderBy: [['name', 'asc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => Variable.parse(row.data)), next: rows.next };
}

export async function getVariable(app: App, principal: Principal, name: string): Promise<Variable> {
  requirePermission(principal, 'variables.read');
  return Variable.parse((await readRow(app, principal.org, name)).data);
}

type NewValue = { readonly name: string; readonly value: JsonValue };
type ChangedValue = NewValue & { readonly expected?: Expected<Variable> };

/** Throws CONFLICT when the name is taken. */
export async function createVariable(app: App, principal: Principal, { name, value }: NewValue): Promise<Variable> {
  requirePermission(principal, 'variables.write');
  const { org } = principal;
  if ((await app.store.count({ collection: paths.variables(org) })) >= mostVariables) {
    throw new AppError('INVALID_PARAMS', { reason: `There can be at most ${mostVariables} variables.` });
  }
  const variable = variableOf(app, principal, { name, value });
  const result = await app.store.commit([
    { kind: 'create', path: paths.variable(org, name), data: asDocument(variable) },
    auditWrite(app, principal, 'variable.created', { kind: 'variable', id: name }, {}, { before: null, after: variable }),
  ]);
  if (!result.ok) throw new AppError('CONFLICT', { reason: `A variable ${name} exists already.` });
  return variable;
}

/** Throws NOT_FOUND, PRECONDITION_FAILED. Without an expectation the last writer wins. */
export async function putVariable(app: App, principal: Principal, change: ChangedValue): Promise<Variable> {
  requirePermission(principal, 'variables.write');
  return decideAgain(() => putOnce(app, principal, change));
}

async function putOnce(app: App, principal: Principal, { name, value, expected }: ChangedValue): Promise<Variable> {
  const row = await readRow(app, principal.org, name);
  requireUnchanged(expected, Variable.parse(row.data));
  const variable = variableOf(app, principal, { name, value });
  const result = await app.store.commit([
    { kind: 'update', path: row.path, data: asDocument(variable), version: row.version },
    auditWrite(app, principal, 'variable.changed', { kind: 'variable', id: name }, {}, { before: row.data, after: variable }),
  ]);
  if (!result.ok) throw new Outrun('variable');
  return variable;
}

export async function deleteVariable(app: App, principal: Principal, name: string, expected?: Expected<Variable>): Promise<void> {
  requirePermission(principal, 'variables.write');
  await decideAgain(() => deleteOnce(app, principal, name, expected));
}

async function deleteOnce(app: App, principal: Principal, name: string, expected: Expected<Variable>): Promise<void> {
  const row = await readRow(app, principal.org, name);
  requireUnchanged(expected, Variable.parse(row.data));
  const result = await app.store.commit([
    { kind: 'delete', path: row.path, version: row.version },
    auditWrite(app, principal, 'variable.deleted', { kind: 'variable', id: name }, {}, { before: row.data, after: null }),
  ]);
  if (!result.ok) throw new Outrun('variable');
}

async function readRow(app: App, org: string, name: string): Promise<Snapshot> {
  const row = VariableName.safeParse(name).success ? await app.store.get(paths.variable(org, name)) : null;
  if (row === null) throw new AppError('NOT_FOUND', { what: 'variable', id: name.slice(0, 64) });
  return row;
}

function variableOf(app: App, principal: Principal, { name, value }: NewValue): Variable {
  if (JSON.stringify(value).length > valueLimitChars) {
    throw new AppError('INVALID_PARAMS', { reason: `A variable holds at most ${valueLimitChars} characters of JSON.` });
  }
  // z.json() infers mutable arrays; the content is the same
  return { name, value: value as Variable['value'], updatedAt: toInstant(app.clock.now()), updatedBy: principal.userId };
}
