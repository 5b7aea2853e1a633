import { log } from './logarithm.ts';

/** B₂ₖ/(2k(2k − 1)), k = 1…8: the coefficients of Stirling's series. */
const STIRLING = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953, 0.0008417508417508417,
  -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
] as const;
/** From here on the series above is good to 1e-17. */
export const STIRLING_FROM = 10;
export const HALF_LOG_TWO_PI = 0.9189385332046728;

/** ln Γ(x) − (x − ½)·ln x + x − ½·ln 2π for x ≥ 10. */
export function stirlingRest(x: number): number {
  const inverse = 1 / x;
  const z = inverse * inverse;
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * z + (STIRLING[k] as number);
  return sum * inverse;
}

/** ln Γ(x) for x > 0: Stirling's series after x is raised to 10 or more by the recurrence. NaN for x ≤ 0. */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let y = x;
  let product = 1;
  while (y < STIRLING_FROM) {
    product *= y;
    y += 1;
  }
  return (y - 0.5) * log(y) - y + HALF_LOG_TWO_PI + stirlingRest(y) - log(product);
}
