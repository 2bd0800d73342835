/** n8n's HTTP Request node, versions 1 to 4. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { template } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { objectValue, textOf, textValue, type Value } from '../value.ts';
import { expressionValue, isN8nExpression, type N8nScope, n8nParam, piecesOf, templateParam } from './n8n-expression.ts';
import { at, listAt, type N8nNode, textAt } from './n8n-graph.ts';
import type { Mapping } from './n8n-mapping.ts';

export function httpRequest({ params, version }: N8nNode, scope: N8nScope): Mapping {
  const old = version < 3;
  const query = old ? oldPairs(params, 'query', scope) : newPairs(params, 'Query', scope);
  const headers = old ? oldPairs(params, 'header', scope) : newPairs(params, 'Headers', scope);
  const body = old ? oldBody(params, scope) : newBody(params, scope);
  const method = templateParam(params[old ? 'requestMethod' : 'method'] ?? 'GET', scope);
  const { options } = params;
  const timeout = at(options, 'timeout');
  const response = at(options, 'response.response');
  const isFull = at(response, 'fullResponse') === true || at(options, 'fullResponse') === true;
  const lenient = at(response, 'neverError') === true || at(options, 'ignoreResponseCode') === true;
  const reasons = [
    ...(at(options, 'pagination') === undefined ? [] : ['Its pagination has to be set up here: see the param pagination.']),
    ...(at(options, 'batching') === undefined ? [] : ['Its batching is left out: use flow.for-each with a concurrency.']),
    ...(at(options, 'proxy') === undefined ? [] : ['Its proxy is left out.']),
  ];
  return {
    type: 'http.request',
    params: {
      method,
      url: templateParam(params.url ?? '', scope),
      ...(query === null ? {} : { query }),
      ...(headers === null ? {} : { headers }),
      ...body,
      ...(lenient ? { failOnStatus: false } : {}),
      ...(at(options, 'redirect.redirect.followRedirects') === false ? { followRedirects: false } : {}),
    },
    retry: { maxAttempts: 1 },
    ...(typeof timeout === 'number' && timeout > 0 ? { timeoutMs: timeout } : {}),
    ...(reasons.length === 0 ? {} : { partly: reasons.join(' ') }),
    out: (id) => (isFull ? fullResponse(id) : textValue(`steps.${id}.output.body`)),
    perItem: true,
  };
}

const fullResponse = (id: string): Value =>
  objectValue(
    [
      ['statusCode', 'status'],
      ['headers', 'headers'],
      ['body', 'body'],
    ].map(([theirs = '', ours = '']) => [theirs, textValue(`steps.${id}.output.${ours}`)] as const),
  );

function pairs(list: readonly JsonObject[], scope: N8nScope): JsonObject {
  return Object.fromEntries(list.map(({ name, value }) => [String(name ?? ''), templateParam(value ?? '', scope)]));
}

function oldPairs(params: JsonObject, kind: 'query' | 'header', scope: N8nScope): JsonValue | null {
  if (params.jsonParameters === true) {
    const text = params[`${kind}ParametersJson`];
    return typeof text === 'string' && text !== '' ? jsonParam(text, scope) : null;
  }
  const list = listAt(params, `${kind}ParametersUi.parameter`);
  return list.length === 0 ? null : pairs(list, scope);
}

function newPairs(params: JsonObject, kind: 'Query' | 'Headers', scope: N8nScope): JsonValue | null {
  if (params[`send${kind}`] !== true) return null;
  if (params[`specify${kind}`] === 'json') return jsonParam(textAt(params, `json${kind}`), scope);
  return pairs(listAt(params, `${kind === 'Query' ? 'query' : 'header'}Parameters.parameters`), scope);
}

function oldBody(params: JsonObject, scope: N8nScope): JsonObject {
  const type = textAt(params, 'options.bodyContentType');
  const bodyType =
    type === 'form-urlencoded' ? { bodyType: 'form' } : type === 'multipart-form-data' ? { bodyType: 'multipart' } : {};
  if (params.jsonParameters === true) {
    const text = textAt(params, 'bodyParametersJson');
    return text === '' ? {} : { body: jsonParam(text, scope), ...bodyType };
  }
  const list = listAt(params, 'bodyParametersUi.parameter');
  return list.length === 0 ? {} : { body: pairs(list, scope), ...bodyType };
}

function newBody(params: JsonObject, scope: N8nScope): JsonObject {
  if (params.sendBody !== true) return {};
  const list = listAt(params, 'bodyParameters.parameters');
  switch (params.contentType ?? 'json') {
    case 'json':
      return { body: params.specifyBody === 'json' ? jsonParam(textAt(params, 'jsonBody'), scope) : pairs(list, scope) };
    case 'form-urlencoded':
      return {
        body: params.specifyBody === 'string' ? templateParam(params.body ?? '', scope) : pairs(list, scope),
        bodyType: 'form',
      };
    case 'multipart-form-data':
      if (list.some(({ parameterType }) => parameterType === 'formBinaryData'))
        throw new Unmappable('files of n8n are not items here');
      return { body: pairs(list, scope), bodyType: 'multipart' };
    case 'raw':
      return { body: templateParam(params.body ?? '', scope), bodyType: 'text' };
    default:
      throw new Unmappable(`a body of kind ${String(params.contentType).slice(0, 50)} has no like here`);
  }
}

/** A text of JSON with expressions in it, as a tree: inside quotes they are templates, outside they keep their type. */
export function jsonParam(given: string, scope: N8nScope): JsonValue {
  if (!isN8nExpression(given)) return n8nParam(parsed(given), scope);
  const pieces = piecesOf(given.slice(1));
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && 'expression' in only) {
    const inner = /^\s*JSON\.stringify\(([\s\S]*)\)\s*$/.exec(only.expression)?.[1];
    return template(textOf(expressionValue(inner ?? only.expression, scope)));
  }
  const texts: string[] = [];
  let quotes = 0;
  const text = pieces
    .map((piece) => {
      if ('text' in piece) {
        quotes += (piece.text.match(/(?<!\\)"/g) ?? []).length;
        return piece.text;
      }
      texts.push(textOf(expressionValue(piece.expression, scope)));
      const mark = `@@aos:${texts.length - 1}@@`;
      return quotes % 2 === 1 ? mark : `"${mark}"`;
    })
    .join('');
  return filled(parsed(text), texts);
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue; // JSON.parse makes nothing else
  } catch {
    throw new Unmappable('its JSON does not parse');
  }
}

function filled(value: JsonValue, texts: readonly string[]): JsonValue {
  if (typeof value === 'string')
    return value.replace(/@@aos:(\d+)@@/g, (_, index: string) => template(texts[Number(index)] ?? 'null'));
  if (Array.isArray(value)) return value.map((one) => filled(one, texts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, texts)]));
}
