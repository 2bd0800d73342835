/** People, organizations and what they hold, as the REST interface shows them, read leniently. */
import { Role } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { AnyValue } from './any-value.ts';

const page = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item), nextCursor: z.string().nullish() });

export const Profile = z.looseObject({
  user: z.looseObject({ id: z.string(), email: z.string(), role: Role }),
  organization: z.looseObject({ id: z.string(), name: z.string() }),
  actions: z.array(z.string()).catch([]),
});

export const InvitationPreview = z.looseObject({
  organization: z.looseObject({ name: z.string() }),
  email: z.string(),
  role: Role,
  expiresAt: z.string(),
});
export type InvitationPreview = z.infer<typeof InvitationPreview>;

export const Member = z.looseObject({ userId: z.string(), email: z.string(), role: Role, since: z.string() });
export type Member = z.infer<typeof Member>;
export const MemberPage = page(Member);

export const Invitation = z.looseObject({
  id: z.string(),
  email: z.string(),
  role: Role,
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type Invitation = z.infer<typeof Invitation>;
export const InvitationPage = page(Invitation);
export const NewInvitation = Invitation.extend({ link: z.string().nullish() });
export type NewInvitation = z.infer<typeof NewInvitation>;

export const SignedIn = z.looseObject({
  id: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  address: z.string().catch(''),
  agent: z.string().catch(''),
  isCurrent: z.boolean().catch(false),
});
export type SignedIn = z.infer<typeof SignedIn>;
export const SignedInPage = page(SignedIn);

export const ApiKey = z.looseObject({
  id: z.string(),
  name: z.string(),
  role: Role,
  hint: z.string().catch(''),
  kind: z.enum(['personal', 'service']).catch('personal'),
  createdAt: z.string(),
  createdBy: z.string().catch(''),
  expiresAt: z.string().nullish(),
  lastUsedAt: z.string().nullish(),
  scopes: z.array(z.string()).nullish(),
});
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeyPage = page(ApiKey);
export const NewApiKey = ApiKey.extend({ key: z.string() });

export const AuditEntry = z.looseObject({
  id: z.string(),
  at: z.string(),
  by: z.looseObject({ userId: z.string(), via: z.string(), role: z.string(), keyId: z.string().nullish() }),
  from: z.looseObject({ address: z.string(), requestId: z.string() }).nullish(),
  action: z.string(),
  target: z.looseObject({ kind: z.string(), id: z.string(), name: z.string().nullish() }),
  details: z.record(z.string(), AnyValue).catch({}),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = page(AuditEntry);

export const QuotaUses = z.record(z.string(), z.looseObject({ limit: z.number().nullable(), used: z.number() }));

/** An answer that has no body, or none that matters. */
export const Nothing = z.unknown();
