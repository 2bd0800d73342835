/**
 * How GraphiQL asks: POST for queries and mutations, Server-Sent Events for subscriptions. The console's session of this browser goes along
 * where the headers editor names no caller of its own; nothing is sent to any other address than ours.
 */
import { followEvents } from '@automateos/client/event-stream';
import type { GraphiQLProps } from 'graphiql';
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { SessionStore } from '../lib/session.ts';

type Fetcher = GraphiQLProps['fetcher'];
type Params = Parameters<Fetcher>[0];
type Result = Extract<Awaited<ReturnType<Fetcher>>, AsyncIterable<unknown>> extends AsyncIterable<infer R> ? R : never;

export function createFetcher(session: SessionStore, onAnswer: (params: Params, result: Result) => void): Fetcher {
  return (asked, options) => {
    const { params, isSubscription } = meant(asked);
    const send = (headers: Readonly<Record<string, string>>, signal?: AbortSignal) =>
      fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...callerOf(session), ...lowered(options?.headers), ...headers },
        body: JSON.stringify(params),
        signal: signal ?? null,
      });
    if (isSubscription) return follow(send);
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

/**
 * What GraphiQL knows of the operation lags a moment behind what it shows: who runs a tab as soon as it is chosen means the one of its text.
 */
function meant(params: Params): { readonly params: Params; readonly isSubscription: boolean } {
  const operations = operationsOf(params.query);
  const [only] = operations;
  const named = operations.find(({ name }) => name?.value === params.operationName);
  const operation = named ?? (operations.length === 1 ? only : undefined);
  const isSubscription = operation?.operation === 'subscription';
  return { params: { ...params, operationName: operation?.name?.value ?? params.operationName ?? null }, isSubscription };
}

/** None where the text is not GraphQL: the server says what is wrong with it. */
function operationsOf(query: string): readonly OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
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
