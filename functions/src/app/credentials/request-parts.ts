/** The one place where a credential becomes parts of an HTTP request: its type says where each field goes. */
import type { CredentialPlacement, CredentialType } from '@automateos/shared/model/credential-type';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { CredentialRequest } from '@automateos/shared/ports/node-runtime';

/** Null for kinds that no HTTP request carries. Throws StepError CREDENTIAL_INVALID where a field is missing. */
export function requestParts(type: CredentialType, data: JsonObject): CredentialRequest | null {
  if (type.request.length === 0) return null;
  const headers: Record<string, string> = {};
  const query: Record<string, string> = {};
  for (const placement of type.request) {
    if (!applies(placement, data)) continue;
    const fill = (template: string) => fillTemplate(template, type.kind, data);
    if (placement.in === 'basic') headers.authorization = basic(fill(placement.user), fill(placement.password));
    else (placement.in === 'header' ? headers : query)[fill(placement.name)] = fill(placement.value);
  }
  return { headers, query };
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `{field}` becomes the field's text. */
export function fillTemplate(template: string, kind: string, data: JsonObject): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = fieldOf(data, name);
    if (value !== null) return value;
    const message = `The credential of kind ${kind} has no ${name}.`;
    throw new StepError({ code: 'CREDENTIAL_INVALID', message, retryable: false });
  });
}

/** Null where it is absent or empty. */
export function fieldOf(data: JsonObject, name: string): string | null {
  const value = Object.hasOwn(data, name) ? data[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** False for what is left out of this credential's requests. */
export function applies(placement: CredentialPlacement, data: JsonObject): boolean {
  if (placement.when !== undefined && fieldOf(data, placement.when.field) !== placement.when.is) return false;
  if (placement.optional !== true) return true;
  const templates = placement.in === 'basic' ? [placement.user, placement.password] : [placement.name, placement.value];
  const named = templates.flatMap((template) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return named.every((name) => fieldOf(data, name) !== null);
}
