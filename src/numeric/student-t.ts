import { betaIncPair, logBeta } from './beta.ts';
import { exp } from './exponential.ts';
import { log1p } from './logarithm.ts';
import { normalQuantile } from './normal.ts';
import { findRoot } from './root.ts';

/** P(T ≤ t) of Student's t with `df` > 0 degrees of freedom, with relative precision in the lower tail. */
export function studentTCdf(t: number, df: number): number {
  if (t === 0) return 0.5;
  const square = t * t;
  const x = square === Infinity ? 0 : df / (df + square);
  const tail = 0.5 * betaIncPair(x, square === Infinity ? 1 : square / (df + square), df / 2, 0.5);
  return t < 0 ? tail : 1 - tail;
}

/** Density of Student's t. */
export function studentTPdf(t: number, df: number): number {
  return exp(-0.5 * (df + 1) * log1p((t * t) / df) - logBeta(0.5, df / 2)) / Math.sqrt(df);
}

/** The t with P(T ≤ t) = p; ∓Infinity at 0 and 1, NaN outside. */
export function studentTQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentTQuantile(1 - p, df);
  // Student's t has the heavier tails, so its quantile lies beyond the normal one.
  let low = normalQuantile(p);
  while (studentTCdf(low, df) > p) low *= 2;
  return findRoot(
    (t) => studentTCdf(t, df) - p,
    (t) => studentTPdf(t, df),
    low,
    0,
  );
}
