/** What people say about a version: one or more lines, no other control characters. */
import { z } from 'zod';

export const plainNote = z
  .string()
  .trim()
  .max(500)
  .regex(
    /^[^\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u,
    'has no control characters and none that change the direction of writing',
  );

export const noteParam = { note: plainNote.optional().describe('What this version is about, for people') };
