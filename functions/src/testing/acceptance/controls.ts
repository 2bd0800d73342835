/** What a person can do to an execution under way, and where they look: cancel, pause, resume, schedules, dead letters, events. */
import { expect } from 'vitest';
import { deploy, objects, readUntil } from './black-box.ts';
import type { Chapter } from './chapter.ts';
import { chain, tell } from './outside.ts';
import { waitingForCall } from './waits.ts';

export const controls: Chapter = {
  async 'a cancelled execution ends, and what comes later does not wake it'(stage) {
    const { box, outside } = stage;
    const { id, address } = await waitingForCall(stage, 'cancelled');
    expect((await box.call('POST', `/v1/executions/${id}/cancel`, { body: {} })).status).toBe(202);
    expect(await readUntil(box, id, 'cancelled')).toMatchObject({ error: { code: 'CANCELLED' } });
    expect((await box.knock('POST', address, { body: { amount: 1 } })).status).toBe(409);
    expect(outside.effectsOf(id).map(({ step }) => step)).toEqual(['order']);
    const again = await box.call('POST', `/v1/executions/${id}/cancel`, { body: {} });
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT']);
  },

  async 'a paused execution starts no step until it is resumed, whatever comes meanwhile'(stage) {
    const { box, outside } = stage;
    const { id, address } = await waitingForCall(stage, 'paused');
    const control = (verb: string) => box.call('POST', `/v1/executions/${id}/${verb}`, { body: {} });
    expect((await control('pause')).status).toBe(202);
    await readUntil(box, id, 'paused');
    expect((await box.knock('POST', address, { body: { amount: 1 } })).status).toBe(202);
    await readUntil(box, id, 'paused');
    expect(outside.effectsOf(id).map(({ step }) => step)).toEqual(['order']);
    expect((await control('resume')).status).toBe(202);
    await readUntil(box, id, 'succeeded');
    expect(outside.effectsOf(id).map(({ step }) => step)).toEqual(['order', 'thank']);
    expect((await control('pause')).status).toBe(409);
  },

  async 'a schedule tells its next runs, and is gone when its workflow is taken down'({ box }) {
    const id = await deploy(box, {
      name: 'scheduled',
      nodes: [
        { id: 'at', type: 'trigger.schedule', params: { cron: '0 9 1 1 *', timeZone: 'Europe/Berlin' } },
        { id: 'a', type: 'data.set', params: { values: {} } },
      ],
      edges: chain('at', 'a'),
    });
    const read = async () => objects((await box.call('GET', `/v1/workflows/${id}/schedules`)).body.items);
    const [schedule] = await read();
    expect(schedule).toMatchObject({ nodeId: 'at', active: true, cron: '0 9 1 1 *', timeZone: 'Europe/Berlin', lastAt: null });
    const runs = Array.isArray(schedule?.nextRuns) ? schedule.nextRuns : [];
    expect(runs.map((at) => String(at).slice(4))).toEqual(Array.from({ length: 5 }, () => '-01-01T08:00:00.000Z'));
    expect((await box.call('POST', `/v1/workflows/${id}/deactivate`, { body: {} })).status).toBe(200);
    expect((await read())[0]).toMatchObject({ active: false });
  },

  async 'dead letters are listed, and one that is not there cannot be redriven'({ box }) {
    const listed = await box.call('GET', '/v1/dead-letters?limit=10');
    expect([listed.status, Array.isArray(listed.body.items), listed.text]).toEqual([200, true, expect.any(String)]);
    const absent = await box.call('POST', '/v1/dead-letters/dlq_nothing/redrive', { body: {} });
    expect([absent.status, absent.body.code]).toEqual([404, 'NOT_FOUND']);
  },

  async 'an event starts the workflows that want it, and no other'({ box, outside }) {
    const id = await deploy(box, {
      name: 'listening',
      nodes: [
        {
          id: 'on',
          type: 'trigger.event',
          params: { type: 'acceptance.order.*', source: 'shop', condition: '{{ input.data.big }}' },
        },
        tell(outside.origin, 'heard', { big: '{{ input.data.big }}' }),
      ],
      edges: chain('on', 'heard'),
    });
    const send = (type: string, big: boolean) =>
      box.call('POST', '/v1/events', { body: { type, source: 'shop', data: { big } } });
    expect((await send('acceptance.order.created', false)).body).toEqual({ executionIds: [] });
    expect((await send('acceptance.other', true)).body).toEqual({ executionIds: [] });
    const sent = await send('acceptance.order.created', true);
    const started = Array.isArray(sent.body.executionIds) ? sent.body.executionIds.map(String) : [];
    expect([sent.status, started.length], sent.text).toEqual([202, 1]);
    expect(await readUntil(box, started[0], 'succeeded')).toMatchObject({ workflowId: id });
    expect(outside.effectsOf(String(started[0]))).toHaveLength(1);
  },
};
