/** Intrinsic functions (`States.Format('{}', $.name)`) as calls of ours. */
import { atom, quote } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { literalValue, textOf, textValue, type Value } from '../value.ts';

type Args = readonly Value[];

const deepest = 20;

export function intrinsic(source: string, path: (text: string) => Value): Value {
  const reader = { text: source, at: 0, depth: 0 };
  const value = call(reader, path);
  if (reader.text.slice(reader.at).trim() !== '')
    throw new Unmappable(`something follows the function in ${source.slice(0, 100)}`);
  return value;
}

type Reader = { readonly text: string; at: number; depth: number };

function call(reader: Reader, path: (text: string) => Value): Value {
  const name = take(reader, /\s*(States\.[A-Za-z0-9]+)\s*\(/y)?.[1];
  reader.depth += 1;
  if (name === undefined || reader.depth > deepest) throw new Unmappable(`${reader.text.slice(0, 100)} is no intrinsic function`);
  const args: Value[] = [];
  while (take(reader, /\s*\)/y) === null) {
    if (args.length > 0 && take(reader, /\s*,/y) === null) throw new Unmappable(`${reader.text.slice(0, 100)} does not parse`);
    args.push(argument(reader, path));
  }
  reader.depth -= 1;
  const make = functions[name];
  if (make === undefined) throw new Unmappable(`${name} has no like here`);
  return make(args);
}

function argument(reader: Reader, path: (text: string) => Value): Value {
  const text = take(reader, /\s*'((?:[^'\\]|\\.)*)'/y);
  if (text !== null) return literalValue((text[1] ?? '').replace(/\\(.)/g, '$1'));
  const number = take(reader, /\s*(-?\d+(?:\.\d+)?)/y);
  if (number !== null) return literalValue(Number(number[1]));
  const word = take(reader, /\s*(true|false|null)\b/y);
  if (word !== null) return literalValue(word[1] === 'null' ? null : word[1] === 'true');
  const found = take(reader, /\s*(\$[^\s,()]*)/y);
  if (found !== null) return path(found[1] ?? '$');
  return call(reader, path);
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match !== null) reader.at = pattern.lastIndex;
  return match;
}

const t = (args: Args, index: number): string => atom(textOf(args[index] ?? literalValue(null)));

const functions: Readonly<Record<string, (args: Args) => Value>> = {
  'States.Format': format,
  'States.StringToJson': (args) => textValue(`json.parse(${t(args, 0)})`),
  'States.JsonToString': (args) => textValue(`json.stringify(${t(args, 0)})`),
  'States.Array': (args) => ({ kind: 'list', items: args }),
  'States.ArrayPartition': (args) => textValue(`chunk(${t(args, 0)}, ${t(args, 1)})`),
  'States.ArrayContains': (args) => textValue(`${t(args, 0)}.includes(${t(args, 1)})`),
  'States.ArrayRange': range,
  'States.ArrayGetItem': (args) => textValue(`(${t(args, 0)} ?? [])[${t(args, 1)}]`),
  'States.ArrayLength': (args) => textValue(`(${t(args, 0)} ?? []).length`),
  'States.ArrayUnique': (args) => textValue(`unique(${t(args, 0)})`),
  'States.Base64Encode': (args) => textValue(`base64.encode(${t(args, 0)})`),
  'States.Base64Decode': (args) => textValue(`base64.decode(${t(args, 0)})`),
  'States.Hash': hash,
  'States.JsonMerge': (args) => textValue(`({ ...${t(args, 0)}, ...${t(args, 1)} })`),
  'States.MathAdd': (args) => textValue(`(${t(args, 0)} + ${t(args, 1)})`),
  'States.StringSplit': (args) => textValue(`${t(args, 0)}.split(${t(args, 1)})`),
};

function format([template, ...values]: Args): Value {
  if (template?.kind !== 'literal' || typeof template.value !== 'string') {
    throw new Unmappable('States.Format whose template is computed has no like here');
  }
  const pieces = template.value.split('{}');
  if (pieces.length !== values.length + 1) throw new Unmappable('States.Format has another number of {} than of values');
  const parts = pieces.flatMap((piece, index) => {
    const value = values[index];
    return [quote(piece), ...(value === undefined ? [] : [atom(textOf(value))])];
  });
  const [first = '""', ...rest] = parts.filter((part, index) => index === 0 || part !== '""');
  return textValue(`(${[first, ...rest].join(' + ')})`);
}

function range(args: Args): Value {
  const [from, to, step] = [t(args, 0), t(args, 1), t(args, 2)];
  return textValue(`Array.from({ length: Math.floor((${to} - ${from}) / ${step}) + 1 }, (_, n) => ${from} + n * ${step})`);
}

function hash(args: Args): Value {
  const [, algorithm] = args;
  const name = algorithm?.kind === 'literal' ? String(algorithm.value).replace('-', '').toLowerCase() : '';
  if (!['md5', 'sha1', 'sha256', 'sha512'].includes(name))
    throw new Unmappable('States.Hash with this algorithm has no like here');
  return textValue(`hash.${name}(${t(args, 0)})`);
}
