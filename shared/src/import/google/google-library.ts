/** Functions of the standard library that have a like in our expressions. Arguments come as text of expressions. */
import { atom, quote } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';

type Make = (a: string, b: string, c: string) => string;

const bytesNote = 'works on bytes, which have no like here';

const functions: Readonly<Record<string, Make>> = {
  len: (a) => `(${a}.length ?? Object.keys(${a}).length)`,
  default: (a, b) => `(${a} ?? ${b})`,
  if: (a, b, c) => `(${a} ? ${b} : ${c})`,
  keys: (a) => `Object.keys(${a})`,
  int: (a) => `Math.trunc(Number(${a}))`,
  double: (a) => `Number(${a})`,
  string: (a) => `String(${a})`,
  get_type: (a) => `(${a} === null ? "null" : Array.isArray(${a}) ? "list" : typeof ${a} === "object" ? "map" : typeof ${a})`,
  'map.get': (a, b) => `${a}?.[${b}]`,
  'map.delete': (a, b) => `omit(${a}, [${b}])`,
  'map.merge': (a, b) => `({ ...${a}, ...${b} })`,
  'list.concat': (a, b) => `[...${a}, ${b}]`,
  'list.prepend': (a, b) => `[${b}, ...${a}]`,
  'json.decode': (a) => `json.parse(${a})`,
  'json.encode_to_string': (a) => `json.stringify(${a})`,
  'json.encode': (a) => `json.stringify(${a})`,
  'base64.encode': (a) => `base64.encode(${a})`,
  'base64.decode': (a) => `base64.decode(${a})`,
  'text.to_lower': (a) => `${a}.toLowerCase()`,
  'text.to_upper': (a) => `${a}.toUpperCase()`,
  'text.split': (a, b) => `${a}.split(${b})`,
  'text.substring': (a, b, c) => `${a}.slice(${b}, ${c})`,
  'text.replace_all': (a, b, c) => `${a}.replaceAll(${b}, ${c})`,
  'text.find_all': (a, b) => `[...${a}.matchAll(${b})].map((one) => ({ index: one.index, match: one[0] }))`,
  'text.match_regex': (a, b) => `new RegExp(${b}).test(${a})`,
  'text.replace_all_regex': (a, b, c) => `${a}.replace(new RegExp(${b}, "g"), ${c})`,
  'text.decode': (a) => a,
  'text.encode': (a) => a,
  'text.url_encode': (a) => `encodeURIComponent(${a})`,
  'text.url_decode': (a) => `decodeURIComponent(${a})`,
  'math.abs': (a) => `Math.abs(${a})`,
  'math.floor': (a) => `Math.floor(${a})`,
  'math.max': (a, b) => `Math.max(${a}, ${b})`,
  'math.min': (a, b) => `Math.min(${a}, ${b})`,
  'sys.now': () => '(Date.now() / 1000)',
  'time.format': (a) => `date.parse(${a} * 1000)`,
  'time.parse': (a) => `(Date.parse(${a}) / 1000)`,
  'hash.compute_checksum': () => {
    throw new Unmappable(`hash.compute_checksum ${bytesNote}`);
  },
  'sys.get_env': (a) => environment(a),
};

/** What the environment tells of the run itself. */
function environment(name: string): string {
  const known: Readonly<Record<string, string>> = {
    [quote('GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID')]: 'execution.id',
    [quote('GOOGLE_CLOUD_WORKFLOW_ID')]: 'execution.workflowId',
  };
  const text = Object.hasOwn(known, name) ? known[name] : undefined;
  if (text === undefined)
    throw new Unmappable(`the environment variable ${name.slice(0, 100)} is not there here: use a variable (vars)`);
  return text;
}

/** Throws Unmappable. */
export function callFunction(name: string, args: readonly string[]): string {
  const make = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (make === undefined) throw new Unmappable(`the function ${name.slice(0, 100) || 'called here'} has no like here`);
  const [a = 'null', b = 'null', c = 'null'] = args.map(atom);
  return make(a, b, c);
}

export const isFunction = (name: string): boolean => Object.hasOwn(functions, name);
