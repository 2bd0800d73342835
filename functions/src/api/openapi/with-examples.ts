/** The OpenAPI document with an example of every body and every answer: written by hand where there is one, else made from its schema. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { exampleOf, type Schemas } from './example-of.ts';
import { examples } from './examples.ts';

export function withExamples(document: JsonObject): JsonObject {
  const { components, paths } = document;
  const schemas = isJsonObject(components) && isJsonObject(components.schemas) ? components.schemas : {};
  if (!isJsonObject(paths)) return document;
  return { ...document, paths: mapObject(paths, (item) => mapItem(item, schemas)) };
}

function mapItem(item: JsonValue, schemas: Schemas): JsonValue {
  return isJsonObject(item) ? mapObject(item, (operation) => mapOperation(operation, schemas)) : item;
}

function mapOperation(operation: JsonValue, schemas: Schemas): JsonValue {
  if (!isJsonObject(operation)) return operation;
  const { requestBody, responses, operationId } = operation;
  const id = String(operationId);
  const written = Object.hasOwn(examples, id) ? examples[id] : undefined;
  return {
    ...operation,
    ...(isJsonObject(requestBody) ? { requestBody: withContent(requestBody, schemas, written?.request) } : {}),
    ...(isJsonObject(responses)
      ? {
          responses: mapObject(responses, (answer, status) => {
            if (!isJsonObject(answer)) return answer;
            // the schema of problems has an example itself: one is enough
            return Number(status) >= 400 ? answer : withContent(answer, schemas, written?.answers?.[status]);
          }),
        }
      : {}),
  };
}

/** YAML is the same tree: an example as JSON is one of YAML, too. Streams and files are not made up. */
function withContent(holder: JsonObject, schemas: Schemas, written: JsonValue | undefined): JsonObject {
  const { content } = holder;
  if (!isJsonObject(content)) return holder;
  return {
    ...holder,
    content: mapObject(content, (media) => {
      if (!isJsonObject(media) || media.schema === undefined) return media;
      return { ...media, example: written ?? exampleOf(media.schema, schemas) };
    }),
  };
}

function mapObject(object: JsonObject, change: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
