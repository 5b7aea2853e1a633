import { distance } from 'fastest-levenshtein';

const LONGEST = 64;

/** Spelling differences that never matter to a reader: case, and `_`, `-` or blanks between words. */
const plain = (word: string): string => word.toLowerCase().replace(/[_\-\s]/g, '');

/** The candidate that a misspelt word most likely meant, or null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const typed = plain(word);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const d = distance(typed, plain(candidate));
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  // Two letters in five may differ; more is a guess, not a suggestion.
  return best !== null && bestDistance <= Math.max(1, Math.floor(0.4 * Math.max(typed.length, best.length)))
    ? best
    : null;
}

/** `did you mean "beta"?`, or undefined. */
export function didYouMean(word: unknown, candidates: Iterable<string>): string | undefined {
  if (typeof word !== 'string' || word === '') return undefined;
  const match = nearest(word, candidates);
  return match === null ? undefined : `did you mean ${JSON.stringify(match)}?`;
}
