/**
 * Secrets that stand in a definition (webhook authentication) are sealed for their workflow before anything is stored, and never shown
 * again: whoever reads the definition sees `***`. Works on anything that looks like a definition, because drafts are kept however odd.
 */
import { wordProblem } from '@automateos/shared/graph/problem-list';
import { AppError } from '@automateos/shared/model/app-error';
import type { Definition } from '@automateos/shared/model/definition';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Problem } from '@automateos/shared/model/problem';
import { sealedSecretPrefix, secretPlaceholder, webhookSecretField } from '@automateos/shared/model/webhook-auth';
import type { App } from '../app-context.ts';
import { asDocument } from '../engine/as-document.ts';

/** The workflow whose secrets these are; sealed for it, they open nowhere else. */
export type SecretHolder = { readonly org: string; readonly workflowId: string };

type Place = { readonly index: number; readonly nodeId: string; readonly field: string; readonly value: JsonValue };

/** Of every kind, whatever kind is written there. */
const fields = [...new Set(Object.values(webhookSecretField))];

/** The same tree with `***` for every secret. */
export function maskSecrets(definition: Definition): Definition;
export function maskSecrets(tree: JsonObject): JsonObject;
export function maskSecrets(tree: JsonObject | Definition): JsonObject | Definition {
  const document = asDocument(tree);
  return withSecrets(document, new Map(placesIn(document).map((place) => [keyOf(place), secretPlaceholder])));
}

/**
 * The same tree with every secret sealed. `***` becomes what one of the `earlier` trees (asked for only then, first come first) has at the
 * same node; where none has, and for a sealed text of somebody else, `***` stays and is a problem.
 */
export async function sealSecrets(
  app: App,
  holder: SecretHolder,
  tree: JsonObject,
  earlier: () => Promise<readonly JsonObject[]>,
): Promise<JsonObject> {
  const places = placesIn(tree);
  if (places.length === 0) return tree;
  const known = places.some(({ value }) => value === secretPlaceholder) ? knownSecrets(await earlier()) : new Map();
  const sealed = new Map<string, JsonValue>();
  for (const place of places) sealed.set(keyOf(place), await sealOne(app, holder, place, known));
  return withSecrets(tree, sealed);
}

/** A definition that is going to run: every secret is there, or INVALID_DEFINITION says whose is not. */
export async function sealDefinition(
  app: App,
  holder: SecretHolder,
  text: { readonly definition: Definition; readonly source: string | null },
  earlier: () => Promise<readonly JsonObject[]> = async () => [],
): Promise<{ readonly definition: Definition; readonly source: string | null }> {
  const before = asDocument(text.definition);
  if (placesIn(before).length === 0) return text;
  const tree = await sealSecrets(app, holder, before, earlier);
  const problems = unknownSecrets(tree);
  if (problems.length > 0) throw new AppError('INVALID_DEFINITION', { count: problems.length }, { problems });
  const definition = tree as unknown as Definition; // texts were replaced by texts
  if (text.source === null) return { definition, source: null };
  const { renderYaml } = await import('@automateos/shared/graph/render-yaml');
  return { definition, source: renderYaml(definition, { source: text.source }) };
}

/** `***` that stands for nothing. */
export function unknownSecrets(tree: JsonObject): readonly Problem[] {
  return placesIn(tree)
    .filter(({ value }) => value === secretPlaceholder)
    .map(({ index, nodeId, field }) => wordProblem('SECRET_UNKNOWN', `nodes[${index}].params.auth.${field}`, { id: nodeId }));
}

/** A secret as it stands in a stored definition, in the clear; null when it is of somebody else. */
export async function openSecret(app: App, holder: SecretHolder, stored: string): Promise<string | null> {
  if (!stored.startsWith(sealedSecretPrefix)) return stored;
  try {
    return await app.secrets.open(stored.slice(sealedSecretPrefix.length), webhookSecretsContext(holder));
  } catch {
    return null; // copied here from elsewhere, or its key is gone: either way it proves nothing
  }
}

async function sealOne(
  app: App,
  holder: SecretHolder,
  { nodeId, field, value: given }: Place,
  known: ReadonlyMap<string, string>,
): Promise<JsonValue> {
  const value = given === secretPlaceholder ? (known.get(`${nodeId} ${field}`) ?? secretPlaceholder) : given;
  if (value === secretPlaceholder) return value;
  if (typeof value !== 'string' && typeof value !== 'number') return value === null ? null : secretPlaceholder;
  if (value === '') return value;
  const text = String(value);
  if (text.startsWith(sealedSecretPrefix)) return (await openSecret(app, holder, text)) === null ? secretPlaceholder : text;
  return `${sealedSecretPrefix}${await app.secrets.seal(text, webhookSecretsContext(holder))}`;
}

/** What the secrets of one workflow are sealed for. */
export const webhookSecretsContext = ({ org, workflowId }: SecretHolder): string => `webhook-secrets/${org}/${workflowId}`;

function knownSecrets(trees: readonly JsonObject[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { nodeId, field, value } of trees.flatMap(placesIn)) {
    const key = `${nodeId} ${field}`;
    if (typeof value === 'string' && value !== secretPlaceholder && !known.has(key)) known.set(key, value);
  }
  return known;
}

const keyOf = ({ index, field }: Pick<Place, 'index' | 'field'>): string => `${index} ${field}`;

function placesIn({ nodes }: JsonObject): readonly Place[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node, index) => {
    const auth = authOf(node);
    if (auth === null || !isJsonObject(node)) return [];
    return fields.flatMap((field) => {
      const value = Object.hasOwn(auth, field) ? auth[field] : undefined;
      return value === undefined ? [] : [{ index, nodeId: String(node.id), field, value }];
    });
  });
}

function authOf(node: JsonValue | undefined): JsonObject | null {
  if (!isJsonObject(node) || node.type !== 'trigger.webhook' || !isJsonObject(node.params)) return null;
  return isJsonObject(node.params.auth) ? node.params.auth : null;
}

function withSecrets(tree: JsonObject, secrets: ReadonlyMap<string, JsonValue>): JsonObject {
  if (secrets.size === 0 || !Array.isArray(tree.nodes)) return tree;
  const nodes = tree.nodes.map((node: JsonValue, index: number): JsonValue => {
    const auth = authOf(node);
    if (auth === null || !isJsonObject(node) || !isJsonObject(node.params)) return node;
    const replaced = Object.entries(auth).map(
      ([field, value]) => [field, secrets.get(keyOf({ index, field })) ?? value] as const,
    );
    return { ...node, params: { ...node.params, auth: Object.fromEntries(replaced) } };
  });
  return { ...tree, nodes };
}
