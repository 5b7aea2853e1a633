import { exp } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** P in erf x = x·P(x²), |x| ≤ 1; error 4e-17. */
export const ERF_COEFFICIENTS = [
  1.1283791670955126, -0.37612638903183543, 0.11283791670945006, -0.02686617064323777, 0.0052239776071164225,
  -0.0008548325975389692, 0.00012055294904839707, -1.492473690741966e-5, 1.6447424703317362e-6, -1.6208483801871705e-7,
  1.3720064546777686e-8, -7.795898827002142e-10,
] as const;

/** p of the variable t = 1/(1 + p·x): chosen so that degree 20 is enough below. */
export const ERFC_SCALE = 0.34375;
/** 2(1 + p): y = ERFC_STRETCH·t − 1 maps 1 ≤ x < ∞ onto −1 < y ≤ 1. */
export const ERFC_STRETCH = 2.6875;

/** Q in erfc x = exp(−x²)·t·Q(y), x ≥ 1; relative error 9e-17. */
export const ERFC_COEFFICIENTS = [
  0.3028219950135589, 0.16124656084196848, 0.07333861658525255, 0.02759934180888877, 0.00806695619258172,
  0.001545329488453828, 4.441250740683136e-5, -8.071484655089733e-5, -2.107295960283321e-5, 2.0467200066085866e-6,
  2.0642470459635186e-6, 8.703860961924334e-8, -1.888873887670122e-7, -2.3346044825752217e-8, 1.918933942777868e-8,
  3.169711840143776e-9, -2.2282618877101555e-9, -3.4116260398406976e-10, 2.6357718221491344e-10, 2.3531389217929704e-11,
  -2.1555634396401426e-11,
] as const;

/** erfc(a)·exp(a²) for a ≥ 1. */
function scaledTail(a: number): number {
  const t = 1 / (1 + ERFC_SCALE * a);
  return t * polynomial(ERFC_COEFFICIENTS, ERFC_STRETCH * t - 1);
}

/**
 * The error function 2/√π·∫₀ˣ exp(−s²) ds, to 3e-16 absolute.
 *
 * 1. a = |x|, z = a·a.
 * 2. inner = a·P(z), Horner from the last coefficient.
 * 3. t = 1/(1 + ERFC_SCALE·a), y = ERFC_STRETCH·t − 1, outer = 1 − exp(−z)·(t·Q(y)).
 * 4. Select inner where a < 1, else outer; then the sign of x. (Both are computable for every x: z is clamped by exp.)
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  const z = a * a;
  const y = a < 1 ? a * polynomial(ERF_COEFFICIENTS, z) : 1 - exp(-z) * scaledTail(a);
  return x < 0 ? -y : x === 0 ? x : y;
}

/** Veltkamp's splitter, 2²⁷ + 1. */
const SPLITTER = 134217729;

/**
 * 1 − erf x, with full relative precision in the upper tail (0 past 26.6, where it leaves the normal doubles).
 */
export function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  if (x > 27) return 0;
  // The rounding error of x² would be magnified by x²: recover it (T. J. Dekker 1971) and put it back to first order.
  const z = x * x;
  const c = SPLITTER * x;
  const high = c - (c - x);
  const low = x - high;
  const error = high * high - z + 2 * high * low + low * low;
  return exp(-z) * (1 - error) * scaledTail(x);
}
