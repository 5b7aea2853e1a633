import { betaInc, logBeta } from './beta.ts';
import { exp, expm1 } from './exponential.ts';
import { log, log1p } from './logarithm.ts';
import { findRoot } from './root.ts';

/**
 * The one-sided upper limit of a probability after `count` successes in `trials` (C. J. Clopper & E. S. Pearson 1934): the p
 * with P(X ≤ count) = 1 − confidence, the `confidence` quantile of Beta(count + 1, trials − count). Near 3/trials when count
 * is 0 and confidence .95.
 */
export function clopperPearsonUpper(count: number, trials: number, confidence = 0.95): number {
  if (count >= trials) return 1;
  // No success: (1 − p)^trials = 1 − confidence.
  if (count === 0) return -expm1(log1p(-confidence) / trials);
  const a = count + 1;
  const b = trials - count;
  const scale = logBeta(a, b);
  // The limit of a Poisson count lies above: k + 3 + 3√k at 95%. The root is found from a bracket that tight, or else from all.
  const likely = Math.min(1, (count + 3 + 3 * Math.sqrt(count)) / trials);
  const short = (p: number): number => betaInc(p, a, b) - confidence;
  return findRoot(
    short,
    (p) => exp((a - 1) * log(p) + (b - 1) * log1p(-p) - scale),
    count / trials,
    likely < 1 && short(likely) > 0 ? likely : 1,
  );
}
