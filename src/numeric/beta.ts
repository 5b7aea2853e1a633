import { exp } from './exponential.ts';
import { HALF_LOG_TWO_PI, logGamma, STIRLING_FROM, stirlingRest } from './gamma.ts';
import { log, log1p } from './logarithm.ts';

/**
 * ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), the large terms cancelled by hand as in A. R. DiDonato & A. H. Morris (1992,
 * ACM TOMS 708).
 */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b);
  const q = Math.max(a, b);
  if (q < STIRLING_FROM) return logGamma(p) + logGamma(q) - logGamma(p + q);
  const rest = stirlingRest(q) - stirlingRest(p + q);
  if (p < STIRLING_FROM) return logGamma(p) + rest + p - p * log(p + q) + (q - 0.5) * log1p(-p / (p + q));
  return (
    HALF_LOG_TWO_PI - 0.5 * log(q) + stirlingRest(p) + rest + (p - 0.5) * log(p / (p + q)) + q * log1p(-p / (p + q))
  );
}

const TINY = 1e-300;
const PRECISION = 3e-16;
const MOST_TERMS = 100_000;

/**
 * The even part of the continued fraction of the incomplete beta function (DiDonato & Morris 1992, BFRAC), by W. J. Lentz's
 * method. Written in x and its complement y, so that it stays exact where either is tiny.
 */
function continuedFraction(x: number, y: number, a: number, b: number): number {
  const away = (v: number): number => (Math.abs(v) < TINY ? TINY : v);
  const excess = a * y - b * x + 1;
  let value = away((a * excess) / (a + 1));
  let c = value;
  let d = 0;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const e = a + 2 * m - 1;
    const upper = ((((a + m - 1) / e) * (a + b + m - 1)) / e) * m * (b - m) * x * x;
    const lower = m + (m * (b - m) * x) / e + ((a + m) * (excess + m * (1 + y))) / (e + 2);
    d = 1 / away(lower + upper * d);
    c = away(lower + upper / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= PRECISION) break;
  }
  return 1 / value;
}

/** I_x(a, b) from x and 1 − x, both given so that neither is rounded. */
export function betaIncPair(x: number, complement: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  const logX = x < 0.5 ? log(x) : log1p(-complement);
  const logComplement = complement < 0.5 ? log(complement) : log1p(-x);
  const front = exp(a * logX + b * logComplement - logBeta(a, b));
  return x < (a + 1) / (a + b + 2)
    ? front * continuedFraction(x, complement, a, b)
    : 1 - front * continuedFraction(complement, x, b, a);
}

/**
 * The regularised incomplete beta function I_x(a, b) = ∫₀ˣ s^(a−1)(1 − s)^(b−1) ds / B(a, b): P(X ≤ x) of a Beta(a, b)
 * variable. a, b > 0; x is cut to [0, 1].
 */
export function betaInc(x: number, a: number, b: number): number {
  return betaIncPair(x, 1 - x, a, b);
}
