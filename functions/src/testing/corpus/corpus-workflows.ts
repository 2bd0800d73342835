/** Definitions that between them leave every kind of document behind, in every shape that the engine gives it. `origin` answers HTTP. */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';

const ask = (id: string, origin: string, more: JsonObject = {}, body: JsonValue = { step: id }): JsonValue => ({
  ...{ id, type: 'http.request', ...more },
  params: { method: 'POST', url: `${origin}/${id}`, body },
});
const set = (id: string, values: JsonObject, more: JsonObject = {}): JsonValue => ({
  ...{ id, type: 'data.set', ...more },
  params: { values },
});
const start: JsonValue = { id: 'start', type: 'trigger.manual' };
const edge = (from: string, to: string, output: string): JsonValue => ({ from, to, output });
const chain = (...ids: readonly string[]): JsonValue[] => ids.slice(1).map((id, at) => ({ from: ids[at] ?? '', to: id }));

/** Each is run once with `{ n: 3 }`, in this order: `called` is there before `caller` is saved. */
export function corpusWorkflows(origin: string): Readonly<Record<string, JsonObject>> {
  return {
    chain: {
      nodes: [
        start,
        set('shape', { twice: '{{ input.n * 2 }}' }),
        ask('one', origin),
        ask('two', origin),
        set('end', { done: true }),
      ],
      edges: chain('start', 'shape', 'one', 'two', 'end'),
    },
    'fork-join': {
      nodes: [start, ask('left', origin), ask('right', origin), { id: 'both', type: 'flow.merge' }, ask('after', origin)],
      edges: [...chain('start', 'left', 'both', 'after'), ...chain('start', 'right', 'both')],
    },
    race: {
      nodes: [start, ask('fast', origin), ask('slow', origin), { id: 'first', type: 'flow.merge', params: { mode: 'any' } }],
      edges: [...chain('start', 'fast', 'first'), ...chain('start', 'slow', 'first')],
    },
    'wide-join': {
      nodes: [start, ...Array.from({ length: 20 }, (_, at) => ask(`way${at}`, origin)), { id: 'all', type: 'flow.merge' }],
      edges: Array.from({ length: 20 }, (_, at) => chain('start', `way${at}`, 'all')).flat(),
    },
    choices: {
      nodes: [
        start,
        { id: 'big', type: 'flow.if', params: { condition: '{{ input.n > 5 }}' } },
        set('large', { size: 'large' }),
        set('small', { size: 'small' }),
        { id: 'which', type: 'flow.switch', params: { cases: [{ name: 'three', when: '{{ input.n === 3 }}' }] } },
        { id: 'only', type: 'flow.filter', params: { condition: '{{ false }}' } },
        ask('never', origin),
      ],
      edges: [
        ...chain('start', 'big'),
        edge('big', 'large', 'true'),
        edge('big', 'small', 'false'),
        ...chain('large', 'which'),
        ...chain('small', 'which'),
        edge('which', 'only', 'three'),
        ...chain('only', 'never'),
      ],
    },
    'for-each': {
      nodes: [
        start,
        {
          id: 'each',
          type: 'flow.for-each',
          params: { items: '{{ [1, 2, 3, 4, 5, 6] }}', concurrency: 2, onItemError: 'collect' },
        },
        ask('work', origin, { parent: 'each' }, '{{ item }}'),
        ask('broken', origin, { parent: 'each' }, '{{ item }}'),
        set('sum', { items: '{{ steps.each.output.items }}' }),
      ],
      edges: [...chain('start', 'each', 'sum'), ...chain('work', 'broken')],
    },
    'while-loop': {
      nodes: [
        start,
        { id: 'again', type: 'flow.while', params: { condition: '{{ (steps.round.output.no ?? 0) < 3 }}', maxIterations: 5 } },
        set('round', { no: '{{ index + 1 }}' }, { parent: 'again' }),
      ],
      edges: chain('start', 'again'),
    },
    waits: {
      nodes: [start, { id: 'nap', type: 'flow.wait', params: { durationMs: '1s' } }, ask('after', origin)],
      edges: chain('start', 'nap', 'after'),
    },
    'waits-long': {
      nodes: [start, { id: 'sleep', type: 'flow.wait', params: { durationMs: '300d' } }],
      edges: chain('start', 'sleep'),
    },
    approval: {
      nodes: [
        start,
        { id: 'ok', type: 'flow.approval', params: { title: 'Go on?', form: { type: 'object' }, timeoutMs: '2d' } },
        set('yes', { approved: true }),
      ],
      edges: [...chain('start', 'ok'), edge('ok', 'yes', 'approved')],
    },
    callback: {
      nodes: [
        start,
        ask('tell', origin, {}, { url: '{{ execution.callbackUrl("answer") }}' }),
        { id: 'answer', type: 'flow.callback', params: { timeoutMs: '1h' } },
      ],
      edges: chain('start', 'tell', 'answer'),
    },
    called: { nodes: [start, set('got', { n: '{{ input.n }}' })], edges: chain('start', 'got') },
    caller: {
      nodes: [start, { id: 'call', type: 'flow.call', params: { workflow: 'called', input: { n: 1 } } }],
      edges: chain('start', 'call'),
    },
    retries: {
      nodes: [start, ask('flaky', origin, { retry: { maxAttempts: 2, initialMs: 100 } })],
      edges: chain('start', 'flaky'),
    },
    'error-port': {
      nodes: [start, ask('broken', origin), set('handled', { was: '{{ steps.broken.output.error.code }}' })],
      edges: [...chain('start', 'broken'), edge('broken', 'handled', 'error')],
    },
    undo: {
      nodes: [
        start,
        ask('book', origin, { compensate: 'unbook' }),
        ask('unbook', origin),
        { id: 'stop', type: 'flow.fail', params: { code: 'OUT', message: 'Out of stock' } },
      ],
      edges: chain('start', 'book', 'stop'),
    },
    large: {
      nodes: [
        start,
        set('big', { text: '{{ "x".repeat(40000) }}' }),
        ask('send', origin),
        set('end', { length: '{{ steps.big.output.text.length }}' }),
      ],
      edges: chain('start', 'big', 'send', 'end'),
    },
    long: {
      nodes: [start, ...Array.from({ length: 60 }, (_, at) => ask(`s${at}`, origin))],
      edges: chain('start', ...Array.from({ length: 60 }, (_, at) => `s${at}`)),
    },
    limited: {
      settings: { maxConcurrent: 1 },
      nodes: [start, { id: 'hold', type: 'flow.wait', params: { durationMs: '300d' } }],
      edges: chain('start', 'hold'),
    },
    script: {
      nodes: [
        start,
        {
          id: 'js',
          type: 'script.javascript',
          params: { code: 'console.log("hello"); return { ok: true, missing: input.nothing };' },
        },
      ],
      edges: chain('start', 'js'),
    },
    deadly: { nodes: [start, ask('hang', origin)], edges: chain('start', 'hang') },
    'on-event': {
      nodes: [{ id: 'event', type: 'trigger.event', params: { type: 'order.*' } }, ask('seen', origin)],
      edges: chain('event', 'seen'),
    },
    'on-error': {
      nodes: [{ id: 'error', type: 'trigger.error' }, set('noted', { message: '{{ input.error.message }}' })],
      edges: chain('error', 'noted'),
    },
    scheduled: {
      nodes: [
        { id: 'cron', type: 'trigger.schedule', params: { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' } },
        set('morning', { ok: true }),
      ],
      edges: chain('cron', 'morning'),
    },
    hook: {
      nodes: [
        {
          id: 'hook',
          type: 'trigger.webhook',
          params: { respond: 'node', auth: { kind: 'header', name: 'x-key', value: 'corpus-key' } },
        },
        { id: 'answer', type: 'flow.respond', params: { status: 201, body: { got: '{{ input.body }}' } } },
      ],
      edges: chain('hook', 'answer'),
    },
  };
}
