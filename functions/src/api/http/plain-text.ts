import { z } from 'zod';

/**
 * One line that people read: no control characters, none that change the direction of writing (by which one name could look like another),
 * no lone surrogates; space around is cut off.
 */
export function plainText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(
      /^[^\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u,
      'must not hold control characters, or ones that change the direction of writing',
    );
}
