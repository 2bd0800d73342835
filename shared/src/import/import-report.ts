/** What became of a foreign workflow: of each of its steps, of its expressions and credentials, and what a reader has to look at. */
import { z } from 'zod';

export const ImportSource = z.enum(['automateos', 'n8n', 'asl', 'google-workflows']);
export type ImportSource = z.infer<typeof ImportSource>;

/** mapped: does the same. partly: runs, or is switched off, with a difference that `reason` names. unmapped: a switched-off placeholder. */
export const ImportStatus = z.enum(['mapped', 'partly', 'unmapped']);
export type ImportStatus = z.infer<typeof ImportStatus>;

const ImportedNode = z.object({
  sourceName: z.string(),
  /** null where nothing stands for it (a note on the canvas, a jump that became an edge). */
  nodeId: z.string().nullable(),
  status: ImportStatus,
  reason: z.string().optional(),
});
export type ImportedNode = z.infer<typeof ImportedNode>;

const NeededCredential = z.object({ name: z.string(), kind: z.string(), usedBy: z.array(z.string()) });

export const ImportReport = z
  .object({
    source: ImportSource,
    nodes: z.object({ total: z.int(), mapped: z.int(), partly: z.int(), unmapped: z.int() }),
    items: z.array(ImportedNode),
    expressions: z.object({
      total: z.int(),
      mapped: z.int(),
      unmapped: z.array(z.object({ node: z.string(), expression: z.string(), reason: z.string() })),
    }),
    credentials: z.array(NeededCredential).describe('To be made here, by these names: secrets are never imported'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;
