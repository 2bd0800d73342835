/** One short line about a step before it ran: what it will do, drawn from its params without knowing its type. */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { GraphNode } from './api/workflow.ts';

/** Params that say most, in this order. */
const telling = [
  'method',
  'url',
  'path',
  'cron',
  'condition',
  'expression',
  'items',
  'title',
  'durationMs',
  'until',
  'workflow',
  'message',
  'type',
  'values',
];

export function summarizeParams(node: GraphNode): string {
  const parts: string[] = [];
  for (const name of telling) {
    const value = Object.hasOwn(node.params, name) ? node.params[name] : undefined;
    const text = value === undefined ? '' : shorten(name, value);
    if (text !== '') parts.push(text);
    if (parts.length === 2) break;
  }
  return parts.join(' · ');
}

function shorten(name: string, value: JsonValue): string {
  if (name === 'url' && typeof value === 'string') return value.replace(/^https?:\/\//, '');
  if (typeof value === 'string') return stripBraces(value);
  if (typeof value === 'number') return name.endsWith('Ms') ? `${value / 1_000} s` : String(value);
  if (Array.isArray(value)) return `${value.length} items`;
  if (isJsonObject(value)) return Object.keys(value).join(', ');
  return '';
}

function stripBraces(text: string): string {
  const match = /^\s*\{\{([^{}]*)\}\}\s*$/.exec(text);
  return (match?.[1] ?? text).trim();
}
