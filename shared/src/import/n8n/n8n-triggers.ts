/** Triggers of n8n. One without a like here becomes a start by hand, so that the workflow can be tried. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { textValue } from '../value.ts';
import { at, listAt, type N8nNode, textAt } from './n8n-graph.ts';
import type { Mapping } from './n8n-mapping.ts';

const input = () => textValue('input');

export const isTrigger = ({ type, fullType }: N8nNode): boolean =>
  /trigger$/i.test(type) || ['webhook', 'cron', 'interval', 'start'].includes(type) || /trigger$/i.test(fullType);

export function trigger(node: N8nNode, timeZone: string | undefined): Mapping & { readonly unmapped?: string } {
  switch (node.type) {
    case 'manualTrigger':
    case 'start':
    case 'executeWorkflowTrigger':
      return { type: 'trigger.manual', params: {}, out: input };
    case 'errorTrigger':
      return { type: 'trigger.error', params: {}, out: input };
    case 'webhook':
      return webhook(node);
    case 'scheduleTrigger':
      return scheduled(listAt(node.params, 'rule.interval').map(cronOf), timeZone);
    case 'cron':
      return scheduled(listAt(node.params, 'triggerTimes.item').map(oldCron), timeZone);
    case 'interval':
      return scheduled([everyUnit(node.params.interval, node.params.unit)], timeZone);
    default: {
      const unmapped = `n8n's trigger ${node.fullType.slice(0, 100)} has no like here: it is a start by hand. Have the service call a webhook, or poll it on a schedule.`;
      return { type: 'trigger.manual', params: {}, out: input, unmapped };
    }
  }
}

const modes: Readonly<Record<string, string>> = { lastNode: 'lastNode', responseNode: 'node' };

function webhook({ params }: N8nNode): Mapping {
  const { httpMethod, path, responseMode, authentication } = params;
  const method = Array.isArray(httpMethod) ? 'ANY' : typeof httpMethod === 'string' ? httpMethod : 'GET';
  const respond = typeof responseMode === 'string' ? (modes[responseMode] ?? 'immediately') : 'immediately';
  const address = typeof path === 'string' ? path.replace(/^\/+|\/+$/g, '').replace(/:(\w+)/g, '$1') : '';
  const auth =
    authentication === 'headerAuth'
      ? { kind: 'header', name: 'X-Api-Key' }
      : authentication === 'basicAuth'
        ? { kind: 'basic', user: 'webhook' }
        : null;
  const reasons = [
    ...(auth === null
      ? []
      : [`The ${auth.kind === 'basic' ? 'user' : 'name of the header'} stood in the credential of n8n: set it in auth.`]),
    ...(authentication === 'jwtAuth'
      ? ['Its check of a JSON Web Token has no like here: anyone may call it until auth is set.']
      : []),
    ...(typeof path === 'string' && path.includes(':') ? ['Its address has parts that vary, which ours has not.'] : []),
    ...(Array.isArray(httpMethod) ? ['It answers to every method here.'] : []),
  ];
  return {
    type: 'trigger.webhook',
    params: { method, ...(address === '' ? {} : { path: address }), respond, ...(auth === null ? {} : { auth }) },
    ...(reasons.length === 0 ? {} : { partly: reasons.join(' ') }),
    ...(authentication === 'jwtAuth' ? { off: true } : {}),
    out: input,
  };
}

/** null: no cron expression says it. */
type Cron = string | null;

function scheduled(crons: readonly Cron[], timeZone: string | undefined): Mapping {
  const known = crons.filter((cron) => cron !== null);
  const [first = '0 0 * * *'] = crons.length === 0 ? [] : known;
  const reasons = [
    ...(known.length > 1
      ? [`It has ${known.length} times; only the first is here. Add a trigger for each other: ${known.slice(1).join('; ')}.`]
      : []),
    ...(known.length < crons.length ? ['One of its intervals has no cron expression.'] : []),
  ];
  return {
    type: 'trigger.schedule',
    params: { cron: first, ...(timeZone === undefined ? {} : { timeZone }) },
    ...(reasons.length === 0 ? {} : { partly: reasons.join(' ') }),
    ...(crons.length > 0 && known.length === 0 ? { off: true } : {}),
    out: () => textValue('input'),
  };
}

const count = (value: JsonValue | undefined, fallback: number): number =>
  typeof value === 'number' && Number.isInteger(value) ? value : fallback;

function cronOf(rule: JsonObject): Cron {
  const [hour, minute] = [count(rule.triggerAtHour, 0), count(rule.triggerAtMinute, 0)];
  switch (rule.field ?? 'days') {
    case 'cronExpression':
      return textAt(rule, 'expression');
    case 'seconds':
      return everyUnit(rule.secondsInterval ?? 30, 'seconds');
    case 'minutes':
      return everyUnit(rule.minutesInterval ?? 5, 'minutes');
    case 'hours': {
      const hours = count(rule.hoursInterval, 1);
      return 24 % hours === 0 ? `${minute} ${hours === 1 ? '*' : `*/${hours}`} * * *` : null;
    }
    case 'days':
      return count(rule.daysInterval, 1) === 1 ? `${minute} ${hour} * * *` : null;
    case 'weeks': {
      const days = Array.isArray(rule.triggerAtDay) ? rule.triggerAtDay.map(Number) : [0];
      return count(rule.weeksInterval, 1) === 1 ? `${minute} ${hour} * * ${days.join(',')}` : null;
    }
    case 'months':
      return count(rule.monthsInterval, 1) === 1 ? `${minute} ${hour} ${count(rule.triggerAtDayOfMonth, 1)} * *` : null;
    default:
      return null;
  }
}

function everyUnit(value: JsonValue | undefined, unit: JsonValue | undefined): Cron {
  const every = count(value, 1);
  if (unit === 'minutes' && 60 % every === 0) return every === 1 ? '* * * * *' : `*/${every} * * * *`;
  if (unit === 'hours' && 24 % every === 0) return every === 1 ? '0 * * * *' : `0 */${every} * * *`;
  if ((unit === 'seconds' || unit === undefined) && 60 % every === 0) return `*/${every} * * * * *`;
  return null;
}

function oldCron(rule: JsonObject): Cron {
  const [hour, minute] = [count(rule.hour, 14), count(rule.minute, 0)];
  switch (rule.mode ?? 'everyDay') {
    case 'everyMinute':
      return '* * * * *';
    case 'everyHour':
      return `${minute} * * * *`;
    case 'everyDay':
      return `${minute} ${hour} * * *`;
    case 'everyWeek':
      return `${minute} ${hour} * * ${String(at(rule, 'weekday') ?? 1)}`;
    case 'everyMonth':
      return `${minute} ${hour} ${count(rule.dayOfMonth, 1)} * *`;
    case 'everyX':
      return everyUnit(rule.value, rule.unit ?? 'hours');
    case 'custom':
      return textAt(rule, 'cronExpression').trim();
    default:
      return null;
  }
}

export const settingsOf = (tree: JsonObject): JsonObject => (isJsonObject(tree.settings) ? tree.settings : {});
