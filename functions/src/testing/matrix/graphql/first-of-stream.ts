/** What a subscription over Server-Sent Events answers first, as a body of JSON: what refuses it, its first event, or that it is open. */
import type { JsonObject } from '@automateos/shared/model/json';
import { type Answered, type ApiFixture, readAnswer } from '../../api-fixture.ts';

/** Turns of the event loop in which a stream that is to be refused has been: all that it waits for is in memory. */
const patienceTurns = 60;

export async function firstOfStream(
  { api }: ApiFixture,
  query: string,
  headers: Readonly<Record<string, string | null>>,
): Promise<Answered> {
  const sent = new Headers({ accept: 'text/event-stream', 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(headers)) if (value !== null) sent.set(name, value);
  const request = new Request('http://127.0.0.1/graphql', { method: 'POST', headers: sent, body: JSON.stringify({ query }) });
  const response = await api.fetch(request, { clientAddress: '192.0.2.1' });
  if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    return readAnswer(response);
  }
  const reader = response.body.getReader();
  const first = await firstEvent(reader);
  await reader.cancel();
  const body: JsonObject = first === null ? { data: { opened: true } } : JSON.parse(first);
  return { status: response.status, headers: response.headers, text: first ?? '', body };
}

/** The data of the first event; null where nothing is to be told yet. */
async function firstEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | null> {
  let text = '';
  let ended = false;
  const reading = (async () => {
    const decoder = new TextDecoder();
    while (!/^data: ?[{]/m.test(text)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    ended = true;
  })();
  for (let turn = 0; turn < patienceTurns && !ended; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  reading.catch(() => undefined); // the reader is cancelled while it waits
  return /^data: ?([{].*)$/m.exec(text)?.[1] ?? null;
}
