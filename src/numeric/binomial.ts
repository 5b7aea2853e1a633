import { betaInc, logBeta } from './beta.ts';
import { exp } from './exponential.ts';
import { log, log1p } from './logarithm.ts';
import { findRoot } from './root.ts';

/**
 * The one-sided upper limit of a probability after `count` successes in `trials` (C. J. Clopper & E. S. Pearson 1934): the p
 * with P(X ≤ count) = 1 − confidence, the `confidence` quantile of Beta(count + 1, trials − count). Near 3/trials when count
 * is 0 and confidence .95.
 */
export function clopperPearsonUpper(count: number, trials: number, confidence = 0.95): number {
  if (count >= trials) return 1;
  const a = count + 1;
  const b = trials - count;
  const scale = logBeta(a, b);
  return findRoot(
    (p) => betaInc(p, a, b) - confidence,
    (p) => exp((a - 1) * log(p) + (b - 1) * log1p(-p) - scale),
    0,
    1,
  );
}
