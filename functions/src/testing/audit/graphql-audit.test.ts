/** The same as rest-audit.test.ts for the mutations of the SDL: the door leaves no line of its own, and loses none. */
import { beforeAll, expect, test } from 'vitest';
import { createGraphqlSchema } from '../../api/graphql/graphql-schema.ts';
import { type ApiFixture, createApiFixture, ownerEmail } from '../api-fixture.ts';
import { createHanging } from '../crash-steps.ts';
import { type GraphqlRow, text } from '../matrix/graphql/graphql-row.ts';
import { batchRows, mutationRows, organizationRows } from '../matrix/graphql/graphql-rows.ts';
import { selectOutcome } from '../matrix/graphql/select-all.ts';
import { createTenant, type Tenant } from '../matrix/tenant.ts';
import { type LogWatch, watchLog } from './log-watch.ts';
import { draftOfWorkflow, failedDelivery, pausedExecution } from './successes.ts';
import { unlogged } from './unlogged.ts';

const rows: Readonly<Record<string, GraphqlRow>> = { ...mutationRows, ...organizationRows, ...batchRows };

let fixture: ApiFixture;
let home: Tenant;
let watch: LogWatch;

beforeAll(async () => {
  fixture = await createApiFixture();
  const hanging = createHanging();
  fixture.app.effects.behave = hanging.hang;
  const { org, userId } = fixture.owner.principal;
  const { token } = fixture;
  home = await createTenant({ fixture, hanging, org, owner: { userId, email: ownerEmail }, token, canary: 'canary-home' });
  watch = watchLog(fixture);
});

/** Of rows whose work is refused there as often as not. */
const successes: Readonly<Record<string, () => Promise<string>>> = {
  resumeExecution: async () => `(id: ${text(await pausedExecution(home))})`,
  discardDraft: async () => `(workflowId: ${text(await draftOfWorkflow(home))})`,
  deleteBudget: async () => {
    await home.ask('PUT', '/v1/budget', { monthlyMicroUsd: 1_000_000_000, onExceeded: 'warn' });
    return '';
  },
  replayWebhookDelivery: async () => `(id: ${text(await failedDelivery(fixture, home))})`,
  replayWebhookDeliveries: async () => {
    await failedDelivery(fixture, home);
    return `(endpointId: ${text(home.things.endpointId)})`;
  },
  cancelExecutions: async () => `(ids: [${text((await home.make.waiting()).executionId)}])`,
  retryExecutions: async () => `(ids: [${text((await home.make.failed()).executionId)}])`,
  redriveDeadLetters: async () => `(ids: [${text((await home.make.failed()).letterId)}])`,
  discardDeadLetters: async () => `(ids: [${text((await home.make.failed()).letterId)}])`,
};

test('every mutation leaves one line of who asked, in the commit of the change', async () => {
  const fields = Object.values(createGraphqlSchema().getMutationType()?.getFields() ?? {});
  const faults: string[] = [];
  let cells = 0;
  for (const { name, type } of fields) {
    const row = rows[name];
    if (row === undefined || unlogged[name] !== undefined) continue;
    cells += 1;
    const args = (await successes[name]?.()) ?? (await row.args?.(home, cells)) ?? '';
    const query = `mutation { ${name}${args} ${selectOutcome(type)} }`;
    const { answer, lines } = await watch.during(() => fixture.call('POST', '/graphql', { query }));
    const [line] = lines;
    if (lines.length !== 1 || line === undefined) {
      faults.push(`${name}: ${lines.length} lines, ${answer.text.slice(0, 200)}`);
      continue;
    }
    const isTheirs = line.by.userId === home.owner.userId && line.from?.address === '192.0.2.1';
    if (!isTheirs || line.beside.length === 0) faults.push(`${name}: ${JSON.stringify(line)}`);
  }
  expect(cells).toBeGreaterThan(40);
  expect(faults).toEqual([]);
});
