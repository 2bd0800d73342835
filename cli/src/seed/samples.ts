/**
 * Workflows to look at on an empty server: none needs the network, and together they show success, failure, a loop, a wait and a
 * decision. `inputs` are the executions that `seed` starts.
 */
import type { DefinitionInput } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';

export type Sample = { readonly definition: DefinitionInput; readonly inputs: readonly JsonValue[] };

const orderTriage: Sample = {
  definition: {
    name: 'sample-order-triage',
    description: 'Sorts an order by its total: large ones get a hand-written answer.',
    tags: ['sample'],
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'large', type: 'flow.if', params: { condition: '{{ input.total > 100 }}' } },
      { id: 'personal', type: 'data.set', params: { values: { answer: 'personal', orderId: '{{ input.orderId }}' } } },
      { id: 'standard', type: 'data.set', params: { values: { answer: 'standard', orderId: '{{ input.orderId }}' } } },
    ],
    edges: [
      { from: 'start', to: 'large' },
      { from: 'large', to: 'personal', output: 'true' },
      { from: 'large', to: 'standard', output: 'false' },
    ],
  },
  inputs: [
    { orderId: 48213, total: 214 },
    { orderId: 48214, total: 19.9 },
  ],
};

const stockCheck: Sample = {
  definition: {
    name: 'sample-stock-check',
    description: 'Fails with a code of its own when there is too little left. Retry or fork it with another input.',
    tags: ['sample'],
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'enough', type: 'flow.if', params: { condition: '{{ input.stock >= input.quantity }}' } },
      {
        id: 'reserve',
        type: 'data.set',
        params: { values: { reserved: '{{ input.quantity }}', left: '{{ input.stock - input.quantity }}' } },
      },
      {
        id: 'refuse',
        type: 'flow.fail',
        params: { code: 'OUT_OF_STOCK', message: 'Only {{ input.stock }} of {{ input.sku }} left.' },
      },
    ],
    edges: [
      { from: 'start', to: 'enough' },
      { from: 'enough', to: 'reserve', output: 'true' },
      { from: 'enough', to: 'refuse', output: 'false' },
    ],
  },
  inputs: [
    { sku: 'teapot', stock: 12, quantity: 3 },
    { sku: 'kettle', stock: 1, quantity: 4 },
  ],
};

const invoiceTotals: Sample = {
  definition: {
    name: 'sample-invoice-totals',
    description: 'Works through a list, an item at a time, and adds up what came out.',
    tags: ['sample'],
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'lines', type: 'flow.for-each', params: { items: '{{ input.lines }}', concurrency: 5 } },
      {
        id: 'price',
        type: 'data.set',
        parent: 'lines',
        params: { values: { name: '{{ item.name }}', amount: '{{ item.price * item.count }}' } },
      },
      {
        id: 'total',
        type: 'data.transform',
        params: { expression: '{{ steps.lines.output.items.reduce((sum, line) => sum + line.amount, 0) }}' },
      },
    ],
    edges: [
      { from: 'start', to: 'lines' },
      { from: 'lines', to: 'total' },
    ],
  },
  inputs: [
    {
      lines: [
        { name: 'teapot', price: 24, count: 2 },
        { name: 'cup', price: 6.5, count: 8 },
        { name: 'tray', price: 18, count: 1 },
      ],
    },
  ],
};

const reminder: Sample = {
  definition: {
    name: 'sample-reminder',
    description: 'Waits without costing anything, then goes on.',
    tags: ['sample'],
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'pause', type: 'flow.wait', params: { durationMs: 3_000 } },
      { id: 'remind', type: 'data.set', params: { values: { message: 'Time to {{ input.what }}.' } } },
    ],
    edges: [
      { from: 'start', to: 'pause' },
      { from: 'pause', to: 'remind' },
    ],
  },
  inputs: [{ what: 'water the plants' }],
};

const refund: Sample = {
  definition: {
    name: 'sample-refund',
    description: 'Asks a person before it goes on: automateos approvals list',
    tags: ['sample'],
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'decide', type: 'flow.approval', params: { title: 'Refund {{ input.amount }} for order {{ input.orderId }}?' } },
      {
        id: 'refunded',
        type: 'data.set',
        params: { values: { refunded: '{{ input.amount }}', by: '{{ steps.decide.output.by }}' } },
      },
      { id: 'declined', type: 'data.set', params: { values: { refunded: 0, why: '{{ steps.decide.output.comment }}' } } },
    ],
    edges: [
      { from: 'start', to: 'decide' },
      { from: 'decide', to: 'refunded', output: 'approved' },
      { from: 'decide', to: 'declined', output: 'rejected' },
    ],
  },
  inputs: [{ orderId: 48190, amount: 39 }],
};

export const samples: readonly Sample[] = [orderTriage, stockCheck, invoiceTotals, reminder, refund];
