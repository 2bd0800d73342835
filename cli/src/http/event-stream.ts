/** The messages of one server-sent event stream, in order. Ends when the server ends it; a cut connection throws. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

const maxBufferedCharacters = 16 * 1_048_576;

export async function* readEventStream(response: Response): AsyncGenerator<EventSourceMessage> {
  if (response.body === null) return;
  let ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event), maxBufferSize: maxBufferedCharacters });
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    const batch = ready;
    ready = [];
    yield* batch;
  }
}
