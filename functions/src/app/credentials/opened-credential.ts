/** A credential as the one step that uses it gets it: its fields, what they make of a request, and how to keep them out of all else. */
import type { CredentialPlacement, CredentialType } from '@automateos/shared/model/credential-type';
import type { JsonObject } from '@automateos/shared/model/json';
import type { StepCredential } from '@automateos/shared/ports/node-runtime';
import { createMasker, type Masker, type SecretValue } from '../masking/create-masker.ts';
import { applies, fieldOf, fillTemplate, requestParts } from './request-parts.ts';

export type OpenedCredential = StepCredential & {
  readonly name: string;
  /** Empty = anywhere. */
  readonly hosts: readonly string[];
  readonly secrets: readonly SecretValue[];
  readonly masker: Masker | null;
};

export type CredentialContent = {
  readonly name: string;
  readonly kind: string;
  readonly data: JsonObject;
  /** What the credential itself allows; empty = what its type does. */
  readonly allowedHosts: readonly string[];
};

/** `type` is undefined for kinds that a node type only names: any of their fields may be secret. */
export function openedCredential(type: CredentialType | undefined, content: CredentialContent): OpenedCredential {
  const { name, kind, data, allowedHosts } = content;
  const secrets = secretsOf(type, name, data);
  const masker = createMasker(secrets);
  return {
    ...{ name, kind, data, secrets, masker },
    request: type === undefined ? null : requestParts(type, data),
    hosts: allowedHosts.length > 0 ? allowedHosts : (type?.hosts ?? []),
    maskText: masker?.text ?? ((text) => text),
    maskBytes: masker?.bytes ?? ((bytes) => bytes),
  };
}

/** What a grant adds to the fields. */
const granted = ['accessToken', 'refreshToken', 'replacedToken'];

/** `name` as the mask shows it. */
export function secretsOf(type: CredentialType | undefined, name: string, data: JsonObject): readonly SecretValue[] {
  const fields = type === undefined ? Object.keys(data) : [...type.secretFields, ...granted];
  const values = fields.flatMap((field) => fieldOf(data, field) ?? []);
  const pairs = type?.request.flatMap((placement) => pairOf(placement, type.kind, data)) ?? [];
  return [...values, ...values.flatMap(keysInside), ...pairs].map((value) => ({ name, value }));
}

/** A password that is too short to be told from ordinary text is told by the user's name before it, as `Authorization: Basic` encodes it. */
function pairOf(placement: CredentialPlacement, kind: string, data: JsonObject): readonly string[] {
  if (placement.in !== 'basic' || !applies(placement, data)) return [];
  return [`${fillTemplate(placement.user, kind, data)}:${fillTemplate(placement.password, kind, data)}`];
}

/** A key file is a secret as a whole, and so is the key in it. */
function keysInside(text: string): readonly string[] {
  const found = /"private_key"\s*:\s*"((?:[^"\\]|\\.){1,16000})"/.exec(text)?.[1];
  return found === undefined ? [] : [found.replaceAll('\\n', '\n')];
}
