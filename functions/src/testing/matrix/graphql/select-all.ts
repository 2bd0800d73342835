/** A selection of all that a type shows without arguments, so that an answer to a stranger would tell what it leaks. */
import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
} from 'graphql';

export function selectAll(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (isUnionType(named)) {
    const members = named
      .getTypes()
      .map((member) => `... on ${member.name} ${selectAliased(member.name, Object.values(member.getFields()), depth)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  if (isInterfaceType(named)) return '{ __typename id }';
  if (!isObjectType(named)) return '';
  return selectAliased(named.name, Object.values(named.getFields()), depth);
}

/** What is enough to tell whether something was done, and if not why. */
export function selectOutcome(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isUnionType(named)) return '{ __typename ... on UserError { Error_code: code } }';
  if (!isObjectType(named)) return isInterfaceType(named) ? '{ __typename }' : '';
  const result = named.getFields().result;
  return `{ __typename ${result === undefined ? '' : `_result: result ${selectOutcome(result.type)}`} }`;
}

/** Members of a union may have fields of one name and different types: each has aliases of its own. */
function selectAliased(typeName: string, fields: readonly GraphQLField<unknown, unknown>[], depth: number): string {
  const shown = fields.flatMap((field) => {
    if (field.args.some(({ type }) => String(type).endsWith('!'))) return [];
    const alias = `${typeName}_${field.name}: ${field.name}`;
    if (isLeafType(getNamedType(field.type))) return [alias];
    const opens = depth === 0 && ['edges', 'result', 'apiKey', 'workflow', 'budget', 'endpoint'].includes(field.name);
    const opensEdge = depth === 1 && field.name === 'node';
    return opens || opensEdge ? [`${alias} ${selectAll(field.type, depth + 1)}`] : [];
  });
  return `{ __typename ${shown.join(' ')} }`;
}
