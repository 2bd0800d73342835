/** How people come to have accounts here, and what an organization may use, from the configuration. */
import { Quotas } from '@automateos/shared/model/quota';
import type { z } from 'zod';

export type AccountSettings = {
  /**
   * `closed`: nobody registers once there is an owner. `invited`: who was invited registers with the invitation. `open`: anybody, with an
   * organization of their own.
   */
  readonly registration: 'closed' | 'invited' | 'open';
  /** Where an organization has none of its own. */
  readonly quotas: z.infer<typeof Quotas>;
  /** Takes mail to people (invitations, resets); null: whoever makes a link hands it over. */
  readonly mail: { readonly url: string; readonly secret: string } | null;
};

export const defaultAccountSettings: AccountSettings = {
  registration: 'invited',
  quotas: Quotas.parse({}),
  mail: null,
};
