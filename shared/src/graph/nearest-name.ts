/** The name that was probably meant, or undefined where nothing is close: at most two edits, or a third of a longer name's length. */
import { distance } from 'fastest-levenshtein';

const longestName = 64;

export function nearestName(given: string, candidates: Iterable<string>): string | undefined {
  if (given === '' || given.length > longestName) return undefined;
  const limit = Math.max(given.length < 4 ? 1 : 2, Math.floor(given.length / 3));
  const lower = given.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - given.length) > limit) continue;
    const edits =
      candidate.toLowerCase() === lower ? 0.5 : distance(given, candidate) + Math.abs(candidate.length - given.length) / 100;
    if (edits < bestDistance && candidate !== given) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}
