/** Looking after the installation, and the organization's own keys. */
import { z } from 'zod';
import { pruneNow } from '../../../app/admin/operate.ts';
import { requireInstallation } from '../../../app/auth/require-installation.ts';
import { createResetLink } from '../../../app/auth/reset-password.ts';
import { rotateKeys } from '../../../app/credentials/rotate-keys.ts';
import { emailText } from '../../rest/account-shapes.ts';
import { PruneChoice } from '../../rest/admin.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { parseInput } from '../inputs.ts';
import { orRefused } from '../refusal.ts';

const Email = z.object({ email: emailText });

export const adminQueries: QueryResolvers = {
  adminStatus: async (_, __, { app, principal, maintenance }) => {
    await requireInstallation(app, principal);
    return maintenance.status();
  },
  adminStorage: async (_, __, { app, principal, maintenance }) => {
    await requireInstallation(app, principal);
    return maintenance.storage();
  },
};

export const adminMutations: MutationResolvers = {
  pruneStorage: (_, choice, { app, principal, maintenance }) =>
    orRefused(async () => ({ report: await pruneNow(app, maintenance, principal, parseInput(PruneChoice, given(choice))) })),
  createPasswordResetLink: (_, input, { app, principal, identity }) =>
    orRefused(async () => createResetLink(app, identity, principal, parseInput(Email, input).email)),
  rotateKeys: (_, { renew }, { app, principal }) => orRefused(() => rotateKeys(app, principal, { renew: renew !== false })),
};
