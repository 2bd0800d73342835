/** Live events by WebSocket, wherever tickets say that they are answered. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { type BlackBox, deploy, start } from './black-box.ts';
import type { Chapter } from './chapter.ts';

type Heard = { readonly messages: readonly JsonObject[]; readonly closed: () => number | null };

/** Ends when `isEnough`, or when the server closes. */
async function converse(address: string, says: readonly JsonObject[], isEnough: (messages: readonly JsonObject[]) => boolean) {
  const socket = new WebSocket(address);
  const messages: JsonObject[] = [];
  const code = await new Promise<number>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      for (const message of says) socket.send(JSON.stringify(message));
    });
    socket.on('message', (data) => {
      const message: JsonValue = JSON.parse(String(data));
      if (isJsonObject(message)) messages.push(message);
      if (isEnough(messages)) socket.close();
    });
    socket.on('close', resolve);
  });
  return { messages, closed: () => code } satisfies Heard;
}

async function address(box: BlackBox): Promise<string> {
  const { status, body, text } = await box.call('POST', '/v1/live/ticket');
  expect(status, text).toBe(201);
  return `${String(body.url)}?ticket=${String(body.ticket)}`;
}

export const sockets: Chapter = {
  async 'a ticket lets a client follow an execution to its end, once'({ box }) {
    const nodes = [
      { id: 'go', type: 'trigger.manual' },
      { id: 'made', type: 'data.set', params: { values: { a: 1 } } },
    ];
    const id = await start(box, await deploy(box, { name: 'by socket', nodes, edges: [{ from: 'go', to: 'made' }] }));
    const where = await address(box);
    const follow = { type: 'subscribe', id: 'it', stream: 'execution', executionId: id };
    const first = await converse(where, [follow], (messages) => messages.at(-1)?.type === 'done');
    expect(first.messages.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['authenticated', 'subscribed', 'event', 'done']),
    );
    const second = await converse(where, [follow], () => false);
    expect(second.closed()).toBe(4401);
  },
};
