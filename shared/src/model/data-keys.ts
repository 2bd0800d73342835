/** The data keys of one organization, each wrapped by the key ring. The newest seals; older ones open what they sealed until it is sealed anew. */
import { z } from 'zod';

export const DataKeys = z.object({
  org: z.string(),
  /** Oldest first; the last one seals. */
  keys: z
    .array(
      z.object({
        id: z.string(),
        wrapped: z.string(),
        createdAt: z.string(),
        /** Since when a newer one seals; null for the newest. */
        retiredAt: z.string().nullable(),
      }),
    )
    .min(1),
});
export type DataKeys = z.infer<typeof DataKeys>;
export type WrappedDataKey = DataKeys['keys'][number];
