/**
 * How GraphiQL asks: POST for queries and mutations, Server-Sent Events for subscriptions. The console's session of this browser goes along
 * where the headers editor names no caller of its own; nothing is sent to any other address than ours.
 */
import { followEvents } from '@automateos/client/event-stream';
import type { GraphiQLProps } from 'graphiql';
import type { SessionStore } from '../lib/session.ts';

type Fetcher = GraphiQLProps['fetcher'];
type Params = Parameters<Fetcher>[0];
type Options = Parameters<Fetcher>[1];
type Result = Extract<Awaited<ReturnType<Fetcher>>, AsyncIterable<unknown>> extends AsyncIterable<infer R> ? R : never;

export function createFetcher(session: SessionStore, onAnswer: (params: Params, result: Result) => void): Fetcher {
  return (params, options) => {
    const send = (headers: Readonly<Record<string, string>>, signal?: AbortSignal) =>
      fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...callerOf(session), ...lowered(options?.headers), ...headers },
        body: JSON.stringify(params),
        signal: signal ?? null,
      });
    if (isSubscription(params, options)) return follow(send);
    return (async () => {
      const answer = await send({ accept: 'application/graphql-response+json, application/json' });
      const result = await answer.json();
      onAnswer(params, result);
      return result;
    })();
  };
}

function callerOf(session: SessionStore): Record<string, string> {
  const current = session.get();
  if (current === null) return {};
  const organization = current.organization.id;
  return {
    authorization: `Bearer ${current.token}`,
    ...(organization === undefined ? {} : { 'x-organization-id': organization }),
  };
}

/** Names in lower case, so that what the editor says takes the place of what would be sent. With a key of their own, no organization of ours. */
function lowered(headers: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const own = Object.entries(headers).filter(([, value]) => typeof value === 'string' && value !== '');
  return Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function isSubscription({ operationName }: Params, options: Options): boolean {
  const operations = (options?.documentAST?.definitions ?? []).filter((one) => one.kind === 'OperationDefinition');
  const asked = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  return asked?.operation === 'subscription';
}

type Send = (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>;

/** One result for each event, to the end of the stream or of the reader's interest. An answer that is no stream is the one result. */
async function* follow(send: Send): AsyncGenerator<Result> {
  const stop = new AbortController();
  const answers: Response[] = [];
  const open = async (headers: Readonly<Record<string, string>>) => {
    const response = await send(headers, stop.signal);
    answers.push(response);
    return response;
  };
  try {
    // once: GraphiQL shows that a stream has ended, and the person decides
    for await (const news of followEvents({ open, signal: stop.signal, maxCuts: 1, sleep: async () => {} })) {
      if (news.kind !== 'event') continue;
      if (news.event.event === 'complete') return;
      if (news.event.event === 'next') yield JSON.parse(news.event.data);
    }
    for (const answer of answers) if (!answer.bodyUsed) yield await answer.json();
  } finally {
    stop.abort();
  }
}
