/** Credentials and their kinds as the REST interface shows them, read leniently. Values are in no answer. */
import { z } from 'zod';

export const Credential = z.looseObject({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  fields: z.array(z.string()).catch([]),
  allowedHosts: z.array(z.string()).catch([]),
  /** From the server's environment: read-only here. */
  source: z.string().optional(),
  authorization: z.enum(['none', 'authorized', 'expired']).optional().catch(undefined),
  updatedAt: z.string(),
});
export type Credential = z.infer<typeof Credential>;
export const CredentialPage = z.looseObject({ items: z.array(Credential), nextCursor: z.string().nullish() });

const Field = z.looseObject({
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
  default: z.string().optional(),
});

export const CredentialType = z.looseObject({
  kind: z.string(),
  title: z.string(),
  description: z.string().catch(''),
  data: z
    .looseObject({ properties: z.record(z.string(), Field).catch({}), required: z.array(z.string()).catch([]) })
    .catch({ properties: {}, required: [] }),
  secretFields: z.array(z.string()).catch([]),
  hosts: z.array(z.string()).catch([]),
  grant: z.string().nullish(),
  test: z.unknown().nullish(),
});
export type CredentialType = z.infer<typeof CredentialType>;
export const CredentialTypeList = z.looseObject({ items: z.array(CredentialType) });

export const Verdict = z.looseObject({ ok: z.boolean(), detail: z.string().catch('') });
export const Authorization = z.looseObject({ url: z.string() });
export const CredentialUses = z.looseObject({ items: z.array(z.looseObject({ workflowId: z.string(), name: z.string() })) });
