/** What stands in examples: ids with our prefixes, one instant, names that say what they are. */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';

export const exampleDefinition: JsonObject = {
  name: 'order-alert',
  nodes: [
    { id: 'hook', type: 'trigger.webhook', params: { method: 'POST' } },
    { id: 'big', type: 'flow.filter', params: { condition: '{{ input.total > 100 }}' } },
    { id: 'notify', type: 'http.request', params: { method: 'POST', url: '{{ vars.alertUrl }}', body: '{{ input }}' } },
  ],
  edges: [
    { from: 'hook', to: 'big' },
    { from: 'big', to: 'notify' },
  ],
  settings: {},
};

/** What answers tell of that definition. */
export const ofExampleDefinition: Readonly<Record<string, JsonValue>> = {
  triggers: [{ nodeId: 'hook', type: 'trigger.webhook' }],
  nodeCount: 3,
};

const instant = '2026-11-28T12:00:00.000Z';

const texts: Readonly<Record<string, string>> = {
  id: 'wf_5d2k8q1m9x7c3v6b4n0zr8tq',
  workflowId: 'wf_5d2k8q1m9x7c3v6b4n0zr8tq',
  executionId: 'exe_7h3j5k9l2m4n6p8q1r3s5t7v',
  org: 'org_2b4d6f8h1k3m5p7r9t2v4x6z',
  organizationId: 'org_2b4d6f8h1k3m5p7r9t2v4x6z',
  userId: 'usr_9z7x5v3t1r8p6m4k2h9f7d5b',
  by: 'usr_9z7x5v3t1r8p6m4k2h9f7d5b',
  createdBy: 'usr_9z7x5v3t1r8p6m4k2h9f7d5b',
  updatedBy: 'usr_9z7x5v3t1r8p6m4k2h9f7d5b',
  nodeId: 'notify',
  endpointId: 'whe_3f5h7k9m2p4r6t8v1x3z5b7d',
  eventId: 'evt_6g8j1k3m5n7q9s2u4w6y8a1c',
  keyId: 'key_3f5h7k9m2p4r6t8v1x3z5b7d',
  workflowName: 'order-alert',
  email: 'ann@example.com',
  password: 'correct horse battery staple',
  name: 'order-alert',
  title: 'Release the order?',
  url: 'https://flows.example/hooks/wf_5d2k8q1m9x7c3v6b4n0zr8tq',
  cron: '0 9 * * 1-5',
  timeZone: 'Europe/Berlin',
  date: '2026-11-28',
  month: '2026-11',
  from: instant,
  to: instant,
  requestId: 'req_4c6e8g1j3l5n7q9s2u4w6y8a',
  scope: '',
  type: 'http.request',
};

export function textByName(name: string, format: unknown): string | undefined {
  if (format === 'date-time' || /[a-z]At$/.test(name)) return instant;
  if (format === 'email') return texts.email;
  if (format === 'uri') return texts.url;
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

const candidates = [
  ...['order-alert', 'alertUrl', 'http-header', 'api-key', '42', '2026-11-28', instant, 'note', 'A note', 'https://shop.example'],
  ...Object.values(texts),
];

/** The first of our texts that fits; undefined where none does. */
export function textByPattern(pattern: string): string | undefined {
  const regex = new RegExp(pattern, 'u');
  return candidates.find((text) => regex.test(text));
}
