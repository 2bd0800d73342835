/** The executable schema: the SDL with its resolvers. What has no resolver here is a property of its parent. */
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, isEnumType } from 'graphql';
import { typeDefs } from './generated/type-defs.ts';
import { innerEnumValue } from './inner-enum-value.ts';
import { resolvers } from './resolvers/resolvers.ts';

export function createGraphqlSchema(): GraphQLSchema {
  const plain = makeExecutableSchema({ typeDefs });
  const enums = Object.values(plain.getTypeMap()).filter(isEnumType);
  const enumValues = Object.fromEntries(
    enums
      .filter(({ name }) => !name.startsWith('__'))
      .map((type) => [type.name, Object.fromEntries(type.getValues().map(({ name }) => [name, innerEnumValue(name)]))]),
  );
  return makeExecutableSchema({ typeDefs, resolvers: { ...enumValues, ...resolvers }, inheritResolversFromInterfaces: false });
}
