import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import { describe, expect, it } from 'vitest';
import { crashSteps, createHanging, type Hanging, lettersOf } from '../../testing/crash-steps.ts';
import { settled } from '../../testing/fake-clock.ts';
import { edges, effect, type Node, type Ran, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { retryExecution } from '../engine/retry-execution.ts';
import { readExecutionView } from '../executions/read-execution-view.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { getDeadLetter } from './get-dead-letter.ts';
import { redriveMany } from './handle-many.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { redriveDeadLetter } from './redrive-dead-letter.ts';

const as = (role: Role, org = owner.org): Principal => ({ ...owner, role, org });

type Poisoned = {
  readonly app: TestApp;
  readonly ran: Ran;
  readonly letters: readonly DeadLetter[];
  readonly hanging: Hanging;
  mend(): void;
};

/** Steps called `poison...` end their worker, until mended. */
async function poisoned(nodes: readonly Node[], pairs: readonly string[], input: object = {}): Promise<Poisoned> {
  const app = await createTestApp();
  const hanging = createHanging();
  let broken = true;
  app.effects.behave = ({ nodeId, params }) =>
    broken && nodeId.startsWith('poison') ? hanging.hang() : { output: (params.value ?? null) as never };
  const ran = await run(app, { nodes: [start, ...nodes], edges: edges(...pairs) }, { ...input });
  const mend = (): void => {
    broken = false;
  };
  return { app, ran, hanging, letters: await crashSteps(app, hanging, ran.executionId), mend };
}

const one = (more: Partial<Node> = {}) =>
  poisoned([effect('poison', '{{ input.order }}', more), effect('after')], ['go>poison', 'poison>after'], { order: 7 });

const idOf = ({ letters }: Poisoned): string => letters[0]?.id ?? '';

async function audited(app: TestApp, action: string) {
  const rows = await app.store.query({ collection: paths.auditLog(owner.org) });
  return rows.filter(({ data }) => data.action === action).map(({ data }) => data);
}

describe('a redrive of a step', () => {
  it('retries its execution in one commit with the letter, under a new key', async () => {
    const given = await one();
    const { app, ran, mend } = given;
    expect(given.letters).toMatchObject([{ kind: 'step', status: 'open', reason: 'CRASHED', nodeId: 'poison', generation: 1 }]);
    expect((await ran.end()).status).toBe('failed');
    expect(await getDeadLetter(app, owner, idOf(given))).toMatchObject({
      execution: { id: ran.executionId, status: 'failed' },
      step: { input: { value: 7 }, error: { code: 'CRASHED' }, deadLetter: idOf(given) },
      redrive: { possible: true, reason: null, editable: true },
    });
    mend();
    expect(await redriveDeadLetter(app, owner, idOf(given))).toEqual({ executionId: ran.executionId, letters: [idOf(given)] });
    await settled();
    expect((await ran.end()).status).toBe('succeeded');
    expect(await lettersOf(app, ran.executionId)).toMatchObject([{ status: 'redriven', redrivenBy: owner.userId }]);
    const keys = app.effects.attempts.filter(({ nodeId }) => nodeId === 'poison').map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    expect(await audited(app, 'dead-letter.redriven')).toMatchObject([{ target: { id: idOf(given) } }]);
  });

  it('that crashes again leaves a letter of its own', async () => {
    const given = await one();
    await redriveDeadLetter(given.app, owner, idOf(given));
    await settled();
    await given.app.fakeClock.advance(1);
    const letters = await crashSteps(given.app, given.hanging, given.ran.executionId);
    expect(letters.map(({ status, generation }) => [status, generation])).toEqual([
      ['redriven', 1],
      ['open', 2],
    ]);
    const view = await readExecutionView(given.app, owner, given.ran.executionId);
    expect(view.deadLetters).toEqual([letters[1]?.id]);
  });

  it('sends another input where one is given, as it stands, and the step says so', async () => {
    const given = await one();
    const { app, ran, mend } = given;
    mend();
    await redriveDeadLetter(app, as('editor'), idOf(given), { value: '{{ vars.secret }}' });
    await settled();
    expect(app.effects.attempts.filter(({ nodeId }) => nodeId === 'poison').map(({ params }) => params)).toEqual([
      { value: 7 },
      { value: '{{ vars.secret }}' },
    ]);
    const { steps } = await readExecutionView(app, owner, ran.executionId);
    const step = steps.find(({ nodeId }) => nodeId === 'poison');
    expect(step).toMatchObject({ generation: 2, input: { value: '{{ vars.secret }}' }, edited: { by: owner.userId } });
    expect((await ran.end()).status).toBe('succeeded');
    expect(await lettersOf(app, ran.executionId)).toMatchObject([{ status: 'redriven', editedParams: ['value'] }]);
    expect(await audited(app, 'dead-letter.redriven')).toMatchObject([{ details: { editedParams: ['value'] } }]);
    expect(JSON.stringify(await audited(app, 'dead-letter.redriven'))).not.toContain('secret');
  });

  it('keeps what a person made of the input for later retries', async () => {
    const given = await one();
    const { app, ran, hanging, mend } = given;
    await redriveDeadLetter(app, owner, idOf(given), { value: 'mine' });
    await settled();
    await crashSteps(app, hanging, ran.executionId);
    mend();
    await retryExecution(app, owner, ran.executionId);
    await settled();
    expect(app.effects.attempts.filter(({ nodeId }) => nodeId === 'poison').map(({ params }) => params)).toEqual([
      { value: 7 },
      { value: 'mine' },
      { value: 'mine' },
    ]);
    expect((await lettersOf(app, ran.executionId)).map(({ status }) => status)).toEqual(['redriven', 'redriven']);
  });

  it('takes an input from those only who may write workflows', async () => {
    const given = await one();
    const change = redriveDeadLetter(given.app, as('operator'), idOf(given), { value: 1 });
    await expect(change).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(redriveDeadLetter(given.app, as('viewer'), idOf(given))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await redriveDeadLetter(given.app, as('operator'), idOf(given));
  });

  it('refuses an input that does not fit, tells where, and changes nothing', async () => {
    const http = { id: 'poison', type: 'http.request', params: { method: 'POST', url: 'https://a.example/{{ input.order }}' } };
    const hanging = createHanging();
    const app = await createTestApp({ http: { send: hanging.hang } });
    const ran = await run(app, { nodes: [start, http], edges: edges('go>poison') }, { order: 1 });
    const [letter] = await crashSteps(app, hanging, ran.executionId);
    const id = letter?.id ?? '';
    const before = JSON.stringify(await app.store.query({ collection: paths.branches(owner.org, ran.executionId) }));
    await expect(redriveDeadLetter(app, owner, id, { method: 'POST', url: 7, more: 1 })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      problems: expect.arrayContaining([expect.objectContaining({ path: 'input.url' })]),
    });
    expect(JSON.stringify(await app.store.query({ collection: paths.branches(owner.org, ran.executionId) }))).toBe(before);
    expect(await lettersOf(app, ran.executionId)).toMatchObject([{ status: 'open' }]);
  });

  it('leaves code to the definition', async () => {
    const script = { id: 'poison', type: 'script.javascript', params: { code: 'return input.order' } };
    const hanging = createHanging();
    const app = await createTestApp({ sandbox: { run: hanging.hang } });
    const ran = await run(app, { nodes: [start, script], edges: edges('go>poison') }, { order: 1 });
    const [letter] = await crashSteps(app, hanging, ran.executionId);
    await expect(redriveDeadLetter(app, owner, letter?.id ?? '', { code: 'return 1' })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      problems: [{ path: 'input.code', code: 'NOT_ALLOWED' }],
    });
  });

  it('of a failure that the workflow took is refused; each item has a letter of its own', async () => {
    const each = {
      id: 'each',
      type: 'flow.for-each',
      params: { items: '{{ input.list }}', concurrency: 1, onItemError: 'collect' },
    };
    const given = await poisoned([each, effect('poison', '{{ item }}', { parent: 'each' })], ['go>each'], { list: [1, 2] });
    const letters = await crashSteps(given.app, given.hanging, given.ran.executionId);
    expect(letters.map(({ scope }) => scope).toSorted()).toEqual(['each[0]', 'each[1]']);
    expect((await given.ran.end()).status).toBe('succeeded');
    const { deadLetters } = await readExecutionView(given.app, owner, given.ran.executionId);
    expect([...(deadLetters ?? [])].toSorted()).toEqual(letters.map(({ id }) => id).toSorted());
    await expect(redriveDeadLetter(given.app, owner, idOf(given))).rejects.toMatchObject({ code: 'NOT_RETRYABLE_NOW' });
    expect((await getDeadLetter(given.app, owner, idOf(given))).redrive).toMatchObject({ possible: false, editable: false });
  });

  it('of a failure that an error port took is refused, although another step can be retried', async () => {
    const given = await poisoned(
      [effect('poison', 1, { onError: 'continue' }), { id: 'stop', type: 'flow.fail', params: { message: 'no' } }],
      ['go>poison', 'poison>stop'],
    );
    expect((await given.ran.end()).status).toBe('failed');
    await expect(redriveDeadLetter(given.app, owner, idOf(given))).rejects.toMatchObject({ code: 'NOT_REDRIVABLE' });
    expect((await given.ran.end()).execution.generation).toBe(1);
  });

  it('happens once, and never beside a discard', async () => {
    const twice = await one();
    const [first, second] = await Promise.allSettled([
      redriveDeadLetter(twice.app, owner, idOf(twice)),
      redriveDeadLetter(twice.app, owner, idOf(twice)),
    ]);
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(redriveDeadLetter(twice.app, owner, idOf(twice))).rejects.toMatchObject({ code: 'DEAD_LETTER_CLOSED' });
    expect((await twice.ran.end()).execution.generation).toBe(2);

    for (let round = 0; round < 4; round += 1) {
      const both = await one();
      const race = [redriveDeadLetter(both.app, owner, idOf(both)), discardDeadLetter(both.app, owner, idOf(both), 'known')];
      const outcomes = await Promise.allSettled(round % 2 === 0 ? race : race.toReversed());
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost.map(({ reason }) => reason.code)).toEqual(['DEAD_LETTER_CLOSED']);
      const [letter] = await lettersOf(both.app, both.ran.executionId);
      expect((await both.ran.end()).execution.generation).toBe(letter?.status === 'redriven' ? 2 : 1);
    }
  });

  it('of another organization is not there', async () => {
    const given = await one();
    const stranger = as('owner', 'org_other');
    for (const attempt of [
      redriveDeadLetter(given.app, stranger, idOf(given)),
      discardDeadLetter(given.app, stranger, idOf(given)),
      getDeadLetter(given.app, stranger, idOf(given)),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect((await listDeadLetters(given.app, stranger, { limit: 10, after: null })).items).toEqual([]);
  });

  it('of the first release, which had no kind and no name in its step, works too', async () => {
    const given = await one();
    const path = paths.deadLetter(owner.org, idOf(given));
    const row = await given.app.store.get(path);
    const { kind, generation, workflowName, delivery, ...old } = row?.data ?? {};
    await given.app.store.commit([{ kind: 'set', path, data: old }]);
    given.mend();
    await redriveDeadLetter(given.app, owner, idOf(given));
    await settled();
    expect((await given.ran.end()).status).toBe('succeeded');
  });
});

describe('many redrives', () => {
  it('answer for each; one retry redrives all letters of its execution', async () => {
    const given = await poisoned([effect('poison1'), effect('poison2')], ['go>poison1', 'go>poison2']);
    const { app, ran, letters } = given;
    given.mend();
    const ids = [...letters.map(({ id }) => id), 'dlq_nothing'];
    const { items, next } = await redriveMany(app, owner, { ids });
    await settled();
    expect(items.map((item) => (item.ok ? item.executionId : item.problem.code))).toEqual([
      ...letters.map(() => ran.executionId),
      'NOT_FOUND',
    ]);
    expect(next).toBeNull();
    expect(await ran.end()).toMatchObject({ status: 'succeeded', execution: { generation: 2 } });
    expect((await lettersOf(app, ran.executionId)).every(({ status }) => status === 'redriven')).toBe(true);
  });
});
