/**
 * What a kind of credential is, as data: the fields it holds and which of them are secret, where they go in an HTTP request, to which hosts
 * they may be sent, and the request that proves that they work. Node types declare kinds in their manifests; the built-in ones are in
 * built-in-credential-types.ts.
 *
 * Texts of `request` and `test` are filled from the fields: `Bearer {token}`. Nothing in them is evaluated.
 */
import type { z } from 'zod';

export type CredentialPlacement = (
  | { readonly in: 'header' | 'query'; readonly name: string; readonly value: string }
  /** `Authorization: Basic`, as RFC 7617. */
  | { readonly in: 'basic'; readonly user: string; readonly password: string }
) & {
  /** Only where the field has this value. */
  readonly when?: { readonly field: string; readonly is: string };
  /** Left out where a field that it names is empty or absent; else that is a failure. */
  readonly optional?: boolean;
};

export type CredentialTest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** A field at the top of the answer that must be true, for services that answer 200 to everything. */
  readonly trueField?: string;
};

/** How the value that is sent comes about: `accessToken` is added to the fields when the credential is opened. */
export type CredentialGrant = 'authorization-code' | 'client-credentials' | 'service-account';

export type CredentialType = {
  /** `http-bearer`: lower case, digits and -. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** An object whose fields are texts. */
  readonly data: z.ZodType;
  readonly secretFields: readonly string[];
  /** Empty for kinds that no HTTP request carries (smtp, webhook-secret). */
  readonly request: readonly CredentialPlacement[];
  /** Where it may be sent unless the credential names other hosts; empty = anywhere. */
  readonly hosts: readonly string[];
  readonly grant?: CredentialGrant;
  readonly test?: CredentialTest;
};
