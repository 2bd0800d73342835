/** The same as rest-audit.test.ts for the mutations of the SDL: the door leaves no line of its own, and loses none. */
import { isJsonObject } from '@automateos/shared/model/json';
import { decodeJwt } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { createGraphqlSchema } from '../../api/graphql/graphql-schema.ts';
import type { ApiFixture } from '../api-fixture.ts';
import { type GraphqlRow, text } from '../matrix/graphql/graphql-row.ts';
import {
  accountRows,
  batchRows,
  installationRows,
  mutationRows,
  organizationRows,
  workRows,
} from '../matrix/graphql/graphql-rows.ts';
import { selectOutcome } from '../matrix/graphql/select-all.ts';
import type { Tenant } from '../matrix/tenant.ts';
import type { LogWatch } from './log-watch.ts';
import { createSuccesses, draftOfWorkflow, failedDelivery } from './successes.ts';
import { loggedAhead, unlogged } from './unlogged.ts';
import { createWatchedHome } from './watched-home.ts';

const rows: Readonly<Record<string, GraphqlRow>> = {
  ...{ ...mutationRows, ...organizationRows, ...accountRows },
  ...{ ...installationRows, ...workRows, ...batchRows },
};

let fixture: ApiFixture;
let home: Tenant;
let watch: LogWatch;

beforeAll(async () => {
  ({ fixture, home, watch } = await createWatchedHome());
});

type Prepared = { readonly args: string; readonly token?: string };

/** Of rows whose work is refused there as often as not. */
function successesOf(tenant: Tenant): Readonly<Record<string, () => Promise<Prepared>>> {
  const { ask, make, things } = tenant;
  const ids = (id: string): Prepared => ({ args: `(ids: [${text(id)}])` });
  const ofRest = createSuccesses(fixture, tenant);
  /** As over REST: what stood in the path or the body is an argument. */
  const asOverRest = (name: string) => async (): Promise<Prepared> => {
    const { token, params, body } = (await ofRest[name]?.()) ?? {};
    const given = { ...params, ...(isJsonObject(body) ? body : {}) };
    const args = Object.entries(given).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return { args: args.length === 0 ? '' : `(${args.join(', ')})`, ...(token === undefined ? {} : { token }) };
  };
  const same = ['resumeExecution', 'authorizeCredential', 'pruneStorage', 'deleteBudget', 'replayWebhookDelivery'];
  const sameOfAccounts = ['createPasswordResetLink', 'endSession', 'acceptInvitation'];
  return {
    ...Object.fromEntries([...same, ...sameOfAccounts].map((name) => [name, asOverRest(name)])),
    discardDraft: async () => ({ args: `(workflowId: ${text(await draftOfWorkflow(tenant))})` }),
    replayWebhookDeliveries: async () => {
      await failedDelivery(fixture, tenant);
      return { args: `(endpointId: ${text(things.endpointId)})` };
    },
    createWebhookEndpoint: async () => {
      await ask('DELETE', `/v1/webhook-endpoints/${things.spareEndpointId}`);
      return { args: '(input: { url: "https://receiver.example/hook", events: ["execution.failed"] })' };
    },
    deleteWebhookEndpoint: async () => ({ args: `(id: ${text(await make.endpoint())})` }),
    cancelExecutions: async () => ids((await make.waiting()).executionId),
    retryExecutions: async () => ids((await make.failed()).executionId),
    redriveDeadLetters: async () => ids((await make.failed()).letterId),
    discardDeadLetters: async () => ids((await make.failed()).letterId),
  };
}

async function prepare(name: string, row: GraphqlRow, cell: number): Promise<Prepared> {
  const prepared = await successesOf(home)[name]?.();
  if (prepared !== undefined) return prepared;
  const passing = await row.throwaway?.(fixture, home, { name: 'owner', token: fixture.token, role: 'owner', via: 'session' });
  const tenant = passing?.params === undefined ? home : { ...home, org: passing.params.id ?? '' };
  const args = (await row.args?.(tenant, cell)) ?? '';
  return passing === undefined ? { args } : { args, token: passing.token };
}

test('every mutation leaves one line of who asked, in the commit of the change', async () => {
  const fields = Object.values(createGraphqlSchema().getMutationType()?.getFields() ?? {});
  const faults: string[] = [];
  for (const [cell, { name, type }] of fields.entries()) {
    if (unlogged[name] !== undefined) continue;
    const row = rows[name];
    if (row === undefined) {
      faults.push(`${name} has no row`);
      continue;
    }
    const { args, token = fixture.token } = await prepare(name, row, cell);
    const query = `mutation { ${name}${args} ${selectOutcome(type)} }`;
    const authorization = `Bearer ${token}`;
    const { answer, lines } = await watch.during(() => fixture.call('POST', '/graphql', { query }, { authorization }));
    const [line] = lines;
    if (lines.length !== 1 || line === undefined) {
      faults.push(`${name}: ${lines.length} lines, ${answer.text.slice(0, 200)}`);
      continue;
    }
    const isTheirs = line.by.userId === decodeJwt(token).sub && line.from?.address === '192.0.2.1';
    if (!isTheirs || line.beside.length > 0 === loggedAhead.has(name)) faults.push(`${name}: ${JSON.stringify(line)}`);
  }
  expect(faults).toEqual([]);
});
