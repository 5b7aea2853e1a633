import { LN2_HI, LN2_LO } from './exponential.ts';
import { polynomial } from './polynomial.ts';
import { double, words } from './words.ts';

/** R in ln((1 + s)/(1 − s)) = 2s + s·z·R(z), z = s², |s| ≤ 3 − 2√2; relative error 4e-18. */
export const LOG_COEFFICIENTS = [
  0.666666666666667, 0.3999999999989889, 0.28571428626253836, 0.22222211089379496, 0.1818289243253687,
  0.15331611722055008, 0.14617807153417325,
] as const;

const MIN_NORMAL = 2.2250738585072014e-308;
/** High word of √½. */
const SQRT_HALF_HIGH = 0x3fe6a09e;

/**
 * Natural logarithm; −Infinity at 0, NaN below.
 *
 * 1. Where x is subnormal: x·2⁵⁴, and 54 less in k.
 * 2. With the bits as an integer b and o = 0x3fe6a09e·2³²: k = (b − o) >> 52 (arithmetic), m from the bits b − k·2⁵²,
 *    so that x = 2^k·m with √½ ≤ m < √2 (to 20 bits).
 * 3. f = m − 1, s = f/(2 + f), z = s·s, h = (½·f)·f, R = z·R(z) with Horner from the last coefficient.
 * 4. k·LN2_HI − ((h − (s·(h + R) + k·LN2_LO)) − f). (ln m = f − h + s·(h + R): W. J. Cody's arrangement, whose largest
 *    term f is exact.)
 * 5. Select NaN where x < 0 or NaN, −Infinity where x = 0, Infinity where x = Infinity.
 */
export function log(x: number): number {
  const subnormal = x < MIN_NORMAL;
  double[0] = subnormal ? x * 18014398509481984 : x;
  const high = words[1] as number;
  const exponent = (high - SQRT_HALF_HIGH) >> 20;
  words[1] = high - (exponent << 20);
  const f = (double[0] as number) - 1;
  const k = subnormal ? exponent - 54 : exponent;
  const s = f / (2 + f);
  const z = s * s;
  const h = 0.5 * f * f;
  const rest = z * polynomial(LOG_COEFFICIENTS, z);
  const y = k * LN2_HI - (h - (s * (h + rest) + k * LN2_LO) - f);
  if (x > 0 && x < Infinity) return y;
  return x === 0 ? -Infinity : x === Infinity ? Infinity : Number.NaN;
}

/**
 * ln(1 + x) without cancellation (W. Kahan): with u = 1 + x rounded, ln(u)·x/(u − 1), and x itself where u = 1.
 */
export function log1p(x: number): number {
  const u = 1 + x;
  const d = u - 1;
  return d === 0 ? x : u === Infinity ? Infinity : (log(u) * x) / d;
}
