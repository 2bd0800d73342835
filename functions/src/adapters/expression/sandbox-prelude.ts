/**
 * What stands inside the sandbox before any code of a tenant: the library of expressions (docs/expressions.md) and the function that runs
 * one call. `sandboxPrelude` is never called by Node: its text is evaluated in QuickJS, so it may use nothing from outside its own body.
 * It keeps its own references to what it needs, so that a call cannot change how its own result is read.
 */
/** The first character of an answer says what follows: `v` the value as JSON, `e` an error, `o` nothing, the output is too large. */
export type Run = (
  source: (...values: unknown[]) => unknown,
  values: string,
  absent: string,
  outputChars: number,
) => string | Promise<string>;
type Row = { readonly [key: string]: unknown };
type Key = string | ((row: unknown) => unknown);

export function sandboxPrelude(host: (name: string, argumentsJson: string) => string, mode: 'expression' | 'script'): Run {
  const { parse, stringify } = JSON;
  const { freeze, hasOwn, defineProperty, values: valuesOf } = Object;
  const { isArray } = Array;
  const TextOf = String;
  const PromiseClass = Promise;
  const push = Array.prototype.push;
  const apply = Reflect.apply;
  const ErrorClass = Error;

  const call = (name: string, ...values: unknown[]): unknown => {
    const answer = parse(host(name, stringify(values)));
    if (answer.error !== undefined) throw new ErrorClass(answer.error);
    return answer.value;
  };
  const hosted = (names: readonly string[], prefix: string): Row => {
    const group: { [key: string]: unknown } = {};
    for (const name of names) group[name] = (...values: unknown[]) => call(`${prefix}.${name}`, ...values);
    return group;
  };
  const list = (value: unknown, what: string): readonly unknown[] => {
    if (value === null || value === undefined) return [];
    if (!isArray(value)) throw new TypeError(`${what} needs a list`);
    return value;
  };
  const keyed = (key: Key | undefined) => {
    if (key === undefined) return (row: unknown) => row;
    if (typeof key === 'function') return key;
    return (row: unknown) => (typeof row === 'object' && row !== null && hasOwn(row, key) ? (row as Row)[key] : undefined);
  };
  const asNumber = (value: unknown): number => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) throw new TypeError(`not a number: ${typeof value}`);
    return number;
  };
  const words = (text: unknown): string[] =>
    TextOf(text ?? '')
      .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '');
  const capitalize = (text: unknown): string => {
    const [first = '', ...rest] = TextOf(text ?? '');
    return first.toUpperCase() + rest.join('');
  };
  const letters: Row = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i' };
  const round = (value: unknown, digits = 0): number => {
    const number = asNumber(value);
    const rounded = Number(`${Math.round(Number(`${number}e${digits}`))}e${-digits}`);
    return Number.isNaN(rounded) ? number : rounded;
  };

  // The generator's state is part of the memory that is put back after each call: left alone it would repeat itself.
  defineProperty(Math, 'random', { value: () => call('random'), writable: true, configurable: true });

  const library: Row = {
    date: {
      ...hosted(['parse', 'format', 'add', 'diff', 'startOf', 'endOf', 'parts'], 'date'),
      now: () => new Date().toISOString(),
    },
    base64: hosted(['encode', 'decode'], 'base64'),
    hash: hosted(['sha256', 'sha512', 'sha1', 'md5', 'hmac'], 'hash'),
    json: {
      parse: (text: unknown) => parse(TextOf(text)),
      stringify: (value: unknown, indent?: number) => stringify(value, null, indent),
    },
    text: {
      capitalize,
      title: (text: unknown) => TextOf(text ?? '').replace(/\p{L}[\p{L}\p{M}']*/gu, (word) => capitalize(word.toLowerCase())),
      truncate: (text: unknown, length: number, ending = '…') => {
        const all = [...TextOf(text ?? '')];
        return all.length <= length ? all.join('') : all.slice(0, Math.max(0, length - [...ending].length)).join('') + ending;
      },
      lines: (text: unknown) => TextOf(text ?? '').split(/\r\n|\r|\n/),
      camel: (text: unknown) =>
        words(text)
          .map((word, index) => (index === 0 ? word.toLowerCase() : capitalize(word.toLowerCase())))
          .join(''),
      snake: (text: unknown) => words(text).join('_').toLowerCase(),
      kebab: (text: unknown) => words(text).join('-').toLowerCase(),
    },
    number: {
      round,
      clamp: (value: unknown, low: number, high: number) => Math.min(high, Math.max(low, asNumber(value))),
      format: (value: unknown, options: { digits?: number; thousands?: string; decimal?: string } = {}) => {
        const number = asNumber(value);
        const plain = options.digits === undefined ? TextOf(number) : round(number, options.digits).toFixed(options.digits);
        const [whole = '', fraction] = plain.split('.');
        const grouped = whole.replace(/\B(?=(\d{3})+$)/g, () => options.thousands ?? ',');
        return fraction === undefined ? grouped : grouped + (options.decimal ?? '.') + fraction;
      },
    },
    slug: (text: unknown, separator = '-') =>
      TextOf(text ?? '')
        .toLowerCase()
        .replace(/[ßæœøđðłþı]/g, (letter) => TextOf(letters[letter]))
        .normalize('NFKD')
        .replace(/[\p{M}'’]/gu, '')
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word !== '')
        .join(separator),
    unique: (rows: unknown, key?: Key) => {
      const seen = new Set<unknown>();
      const of = keyed(key);
      return list(rows, 'unique').filter((row) => {
        const value = of(row);
        const mark = typeof value === 'object' && value !== null ? stringify(value) : value;
        return seen.has(mark) ? false : seen.add(mark);
      });
    },
    group: (rows: unknown, key: Key) => {
      const of = keyed(key);
      const groups: { [name: string]: unknown[] } = {};
      for (const row of list(rows, 'group')) {
        const name = TextOf(of(row));
        if (!hasOwn(groups, name))
          defineProperty(groups, name, { value: [], enumerable: true, writable: true, configurable: true });
        groups[name]?.push(row);
      }
      return groups;
    },
    sum: (rows: unknown, key?: Key) =>
      list(rows, 'sum').reduce((total: number, row) => total + asNumber(keyed(key)(row) ?? 0), 0),
    average: (rows: unknown, key?: Key) => {
      const all = list(rows, 'average');
      return all.length === 0 ? null : all.reduce((total: number, row) => total + asNumber(keyed(key)(row) ?? 0), 0) / all.length;
    },
    sortBy: (rows: unknown, key: Key, direction: 'asc' | 'desc' = 'asc') => {
      const of = keyed(key);
      const sign = direction === 'desc' ? -1 : 1;
      const less = (left: unknown, right: unknown): number => {
        if (left === right) return 0;
        if (left === null || left === undefined) return 1;
        if (right === null || right === undefined) return -1;
        return (left as number) < (right as number) ? -sign : sign;
      };
      return [...list(rows, 'sortBy')].sort((left, right) => less(of(left), of(right)));
    },
    chunk: (rows: unknown, size: number) => {
      if (!(size >= 1)) throw new RangeError('chunk needs a size of at least 1');
      const chunks: unknown[] = [];
      const all = list(rows, 'chunk');
      for (let at = 0; at < all.length; at += Math.floor(size)) chunks.push(all.slice(at, at + Math.floor(size)));
      return chunks;
    },
    pick: (row: Row, keys: readonly string[]) =>
      Object.fromEntries(Object.entries(row ?? {}).filter(([key]) => keys.includes(key))),
    omit: (row: Row, keys: readonly string[]) =>
      Object.fromEntries(Object.entries(row ?? {}).filter(([key]) => !keys.includes(key))),
  };
  for (const [name, value] of Object.entries(library)) {
    freeze(value);
    defineProperty(globalThis, name, { value, enumerable: false, writable: false, configurable: false });
  }

  /** Iterative, so that nesting cannot exhaust the stack. */
  const deepFreeze = (root: unknown): unknown => {
    const pending: unknown[] = [root];
    for (let at = 0; at < pending.length; at += 1) {
      const value = pending[at];
      if (typeof value !== 'object' || value === null) continue;
      freeze(value);
      for (const one of valuesOf(value)) if (typeof one === 'object' && one !== null) apply(push, pending, [one]);
    }
    return root;
  };
  const textOf = (value: unknown): string => {
    try {
      return TextOf(value);
    } catch {
      return 'an error without a message';
    }
  };
  const describe = (thrown: unknown): string =>
    thrown instanceof ErrorClass
      ? stringify({ message: `${textOf(thrown.name)}: ${textOf(thrown.message)}`, stack: textOf(thrown.stack) })
      : stringify({ message: textOf(thrown), stack: '' });

  const given = (values: string, absent: string): unknown[] => {
    const all: unknown[] = parse(values);
    for (const at of parse(absent)) all[at] = undefined;
    return all;
  };
  const answer = (result: unknown, outputChars: number): string => {
    const json = stringify(result) ?? 'null';
    return json.length > outputChars ? 'o' : `v${json}`;
  };

  if (mode === 'expression') {
    return (source, values, absent, outputChars) => {
      try {
        const result = source(...given(values, absent).map(deepFreeze));
        if (result instanceof PromiseClass) throw new TypeError('an expression cannot wait for a promise');
        return answer(result, outputChars);
      } catch (thrown) {
        return `e${describe(thrown)}`;
      }
    };
  }

  const shown = (value: unknown): string => {
    if (typeof value === 'string') return value;
    if (value instanceof ErrorClass) return `${textOf(value.name)}: ${textOf(value.message)}`;
    if (typeof value !== 'object' || value === null) return textOf(value);
    try {
      return stringify(value) ?? textOf(value);
    } catch {
      return textOf(value);
    }
  };
  const logging =
    (level: string) =>
    (...parts: unknown[]) => {
      host('log', stringify([level, parts.map(shown).join(' ')]));
    };
  const console = freeze({
    debug: logging('debug'),
    log: logging('info'),
    info: logging('info'),
    warn: logging('warn'),
    error: logging('error'),
  });
  defineProperty(globalThis, 'console', { value: console });
  return async (source, values, absent, outputChars) => {
    try {
      return answer(await source(...given(values, absent)), outputChars);
    } catch (thrown) {
      return `e${describe(thrown)}`;
    }
  };
}
