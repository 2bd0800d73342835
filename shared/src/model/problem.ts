import { z } from 'zod';

/** One fault of a definition or body: where (`nodes[2].params.url`), what, and where it can be told, what was probably meant. */
export const Problem = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  suggestion: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
