/** Fields of the schema with all that is below them, and literals for what they must be given: for tests that ask for everything. */
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** Every field below a type, as deep as it goes without coming by the same type again. Members of a union have aliases: their types differ. */
export function selectEvery(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  seen: readonly string[] = [],
  aliased: ReadonlySet<string> = new Set(),
): string {
  const named = getNamedType(type);
  if (isUnionType(named) || isInterfaceType(named)) {
    const types = schema.getPossibleTypes(named).filter(({ name }) => !seen.includes(name));
    const twice = namesOfSeveral(types);
    return ` { __typename ${types.map((one) => `... on ${one.name}${selectEvery(schema, one, seen, twice)}`).join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const path = [...seen, named.name];
  const fields = Object.values(named.getFields()).filter((field) => isAskable(field, path));
  const texts = fields.map((field) => {
    const call = `${field.name}${callOf(field)}${selectEvery(schema, field.type, path)}`;
    return aliased.has(field.name) ? `${named.name}_${field.name}: ${call}` : call;
  });
  return ` { __typename ${texts.join(' ')} }`;
}

/** Fields that several types have, perhaps of another type each: in one selection they need names of their own. */
function namesOfSeveral(types: readonly GraphQLObjectType[]): ReadonlySet<string> {
  const names = types.flatMap((type) => Object.keys(type.getFields())).filter((name) => name !== 'id');
  return new Set(names.filter((name, at) => names.indexOf(name) < at));
}

function isAskable(field: GraphQLField<unknown, unknown>, path: readonly string[]): boolean {
  const named = getNamedType(field.type);
  return !path.includes(named.name) && (!isObjectType(named) || path.length < 4);
}

/** With literals for the arguments that it must have: `id` for what is a text. */
export function callOf({ args }: GraphQLField<unknown, unknown>, id?: string): string {
  const given = args
    .filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)
    .map(({ name, type }) => `${name}: ${literal(type, id)}`);
  const pages = args.some(({ name }) => name === 'first') ? ['first: 2'] : [];
  return given.length + pages.length === 0 ? '' : `(${[...given, ...pages].join(', ')})`;
}

function literal(type: GraphQLInputType, id = 'nothing_0'): string {
  if (isNonNullType(type)) return literal(type.ofType, id);
  if (isListType(type)) return `[${literal(type.ofType, id)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type, id)}`).join(', ')} }`;
  }
  const literals: Readonly<Record<string, string>> = {
    Int: '1',
    Long: '1',
    Float: '1',
    JSON: '{}',
    Boolean: 'true',
    DateTime: '"2026-01-01T00:00:00Z"',
  };
  return literals[type.name] ?? `"${id}"`;
}
