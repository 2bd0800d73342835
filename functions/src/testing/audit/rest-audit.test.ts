/**
 * Every operation of the OpenAPI document that is not a GET, asked once so that it succeeds: it leaves one line in the audit log, of who asked, from
 * where and under which request, in the commit of the change; and none when it is repeated under its Idempotency-Key.
 */
import { decodeJwt } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import type { Answered, ApiFixture } from '../api-fixture.ts';
import { type Operation, operationsOf } from '../every-route.ts';
import { settled } from '../fake-clock.ts';
import type { Caller } from '../matrix/callers.ts';
import type { Row } from '../matrix/row.ts';
import { rows } from '../matrix/rows.ts';
import type { Tenant } from '../matrix/tenant.ts';
import type { LoggedLine, LogWatch } from './log-watch.ts';
import { createSuccesses, type Successes } from './successes.ts';
import { loggedAhead, unlogged, withoutDigests } from './unlogged.ts';
import { createWatchedHome } from './watched-home.ts';

let fixture: ApiFixture;
let home: Tenant;
let owner: Caller;
let watch: LogWatch;
let successes: Successes;
let operations: readonly Operation[];
let cells = 0;

beforeAll(async () => {
  ({ fixture, home, watch } = await createWatchedHome());
  owner = { name: 'owner', token: fixture.token, role: 'owner', via: 'session' };
  successes = createSuccesses(fixture, home);
  operations = operationsOf((await fixture.call('GET', '/openapi.json')).body).filter(({ method }) => method !== 'GET');
});

type Request = { readonly token: string; again(): Promise<Answered> };

/** Without an Idempotency-Key each time is a request of its own. */
async function requestOf(operation: Operation, row: Row, isKeyed = true): Promise<Request> {
  cells += 1;
  const passing = await row.throwaway?.(fixture, home, owner);
  const prepared = await successes[operation.id]?.();
  const params = prepared?.params ?? passing?.params ?? (await row.params?.(home)) ?? {};
  const token = prepared?.token ?? passing?.token ?? owner.token;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const body = prepared?.body ?? row.body?.(home, cells);
  const once = operation.method === 'POST' && isKeyed ? { 'idempotency-key': `once-${cells}` } : {};
  const authorization = operation.isPublic ? null : `Bearer ${token}`;
  return { token, again: () => fixture.call(operation.method, path, body, { ...once, authorization }) };
}

test('every operation that changes something leaves one line, in the commit of the change', async () => {
  const faults: string[] = [];
  for (const operation of operations) {
    const row = rows[operation.id];
    if (row === undefined || unlogged[operation.id] !== undefined) continue;
    const { token, again } = await requestOf(operation, row);
    const { answer, lines } = await watch.during(again);
    faults.push(...faultsOf(operation, token, answer, lines));
    await row.after?.(home, answer);
    if (operation.method !== 'POST' || operation.isPublic) continue;
    const repeated = await watch.during(again);
    if (repeated.lines.length > 0) faults.push(`${operation.id}: a second line when it is repeated`);
  }
  expect(faults).toEqual([]);
});

function faultsOf({ id }: Operation, token: string, { status, text }: Answered, lines: readonly LoggedLine[]): readonly string[] {
  if (status >= 300) return [`${id}: ${status} ${text.slice(0, 200)}`];
  const [line] = lines;
  if (line === undefined || lines.length !== 1) return [`${id}: ${lines.length} lines ${lines.map(({ action }) => action)}`];
  const faults: string[] = [];
  if (line.by.userId !== decodeJwt(token).sub || line.by.via !== 'session') faults.push(`by ${JSON.stringify(line.by)}`);
  if (line.from?.address !== '192.0.2.1') faults.push(`from ${JSON.stringify(line.from)}`);
  if (!/^[a-z-]+\.[a-z-]+$/.test(line.action) || line.target.id === '') faults.push(`${line.action} of ${line.target.id}`);
  if (line.beside.length > 0 === loggedAhead.has(id)) faults.push(`beside ${line.beside.join(', ')}`);
  if ((line.change === undefined) !== withoutDigests.has(id)) faults.push(`digests ${JSON.stringify(line.change)}`);
  return faults.map((fault) => `${id}: ${fault}`);
}

test('what is asked for again, because it is so already, is no second line', async () => {
  for (const verb of ['pause', 'cancel']) {
    const { executionId } = await home.make.waiting();
    const ask = () => watch.during(() => home.ask('POST', `/v1/executions/${executionId}/${verb}`));
    const [first, second] = [await ask(), await ask()];
    expect([first.answer.status, first.lines.length, second.lines.length]).toEqual([202, 1, 0]);
  }
});

const commands: ReadonlySet<string> = new Set([
  ...['cancelExecution', 'pauseExecution', 'resumeExecution', 'retryExecution', 'decideApproval'],
  ...['redriveDeadLetter', 'discardDeadLetter', 'redriveDeadLetters', 'discardDeadLetters', 'acceptInvitation'],
]);

test('of several who delete, decide or command the same thing at the same time one has done it, and has the line', async () => {
  const logged = () => fixture.store.documents().filter(({ path }) => path.includes('/audit-log/')).length;
  const wrong: string[] = [];
  const isOnce = ({ id, method }: Operation) => method === 'DELETE' || commands.has(id);
  for (const operation of operations.filter(isOnce)) {
    const row = rows[operation.id];
    if (row === undefined || row.throwaway !== undefined) continue;
    const { again } = await requestOf(operation, row, false);
    await settled();
    const before = logged();
    const statuses = (await Promise.all([again(), again(), again()])).map(({ status }) => status);
    const lines = logged() - before;
    if (lines !== 1 || statuses.some((status) => status >= 500)) wrong.push(`${operation.id}: ${statuses} with ${lines} lines`);
  }
  expect(wrong).toEqual([]);
});

test('what is named as having no line is there', () => {
  const ids = new Set(operations.map(({ id }) => id));
  const named = [...Object.keys(unlogged), ...withoutDigests].filter((id) => id !== 'testUnsavedCredential');
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});
