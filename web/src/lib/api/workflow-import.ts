/** What became of a file that was brought in, as the REST interface shows it, read leniently. */
import { Problem } from '@automateos/shared/model/problem';
import { z } from 'zod';

const ImportedNode = z.looseObject({
  sourceName: z.string(),
  nodeId: z.string().nullish(),
  status: z.enum(['mapped', 'partly', 'unmapped']).catch('partly'),
  reason: z.string().optional(),
});
export type ImportedNode = z.infer<typeof ImportedNode>;

const ImportReport = z.looseObject({
  source: z.string(),
  nodes: z.looseObject({ total: z.number(), mapped: z.number(), partly: z.number(), unmapped: z.number() }),
  items: z.array(ImportedNode).catch([]),
  expressions: z
    .looseObject({
      total: z.number(),
      mapped: z.number(),
      unmapped: z.array(z.looseObject({ node: z.string(), expression: z.string(), reason: z.string() })),
    })
    .catch({ total: 0, mapped: 0, unmapped: [] }),
  credentials: z.array(z.looseObject({ name: z.string(), kind: z.string(), usedBy: z.array(z.string()) })).catch([]),
  warnings: z.array(z.string()).catch([]),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** Of a dry run. */
export const ImportCheck = z.looseObject({
  draft: z.boolean(),
  definition: z.looseObject({ name: z.string().catch('') }),
  report: ImportReport,
  problems: z.array(Problem).catch([]),
});
export type ImportCheck = z.infer<typeof ImportCheck>;

const Made = z.looseObject({ id: z.string() });
/** An export of ours is answered as the workflow, a file of another system with its report. */
export const Imported = z.union([Made, z.looseObject({ workflow: Made }).transform(({ workflow }) => workflow)]);
