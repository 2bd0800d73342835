/** Any JSON tree as YAML that readYaml reads back as the same tree. */
import { Document } from 'yaml';
import type { JsonValue } from '../model/json.ts';

export function renderPlainYaml(value: JsonValue): string {
  return new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false }).toString({ lineWidth: 120 });
}
