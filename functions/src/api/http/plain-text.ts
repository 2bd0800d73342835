import { z } from 'zod';

/** One line that people read: no control characters, no lone surrogates, space around cut off. */
export function plainText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');
}
