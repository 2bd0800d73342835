/**
 * Definitions as text, JSON and YAML. The YAML parser is loaded with the first use: most processes start executions and never need it.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import { maskSecrets } from './webhook-secrets.ts';

export type TextFormat = 'json' | 'yaml';

/** Any tree within the limits; throws MALFORMED_BODY with every problem of the text and its line. */
export async function parseDefinition(text: string, format: TextFormat): Promise<JsonValue> {
  const { parseDefinitionText } = await import('@automateos/shared/graph/parse-definition-text');
  const parsed = parseDefinitionText(text, format);
  if (parsed.ok) return parsed.value;
  const reason = parsed.problems[0]?.message ?? `it is not ${format.toUpperCase()}.`;
  throw new AppError('MALFORMED_BODY', { reason }, { problems: parsed.problems });
}

/** `source` is the YAML it was saved as: its comments and layout stay. Secrets show as `***`. */
export async function renderDefinition(stored: Definition, source: string | null, format: TextFormat): Promise<string> {
  const definition = maskSecrets(stored);
  if (format === 'json') {
    const { withoutDefaults } = await import('@automateos/shared/graph/without-defaults');
    return `${JSON.stringify(withoutDefaults(definition), null, 2)}\n`;
  }
  const { renderYaml } = await import('@automateos/shared/graph/render-yaml');
  return renderYaml(definition, source === null ? {} : { source });
}
