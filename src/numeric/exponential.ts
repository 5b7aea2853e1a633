import { powerOfTwo } from './words.ts';

/** 1.5·2⁵²: adding it rounds to the nearest integer (ties to even), which is then in the low mantissa bits. */
export const MAGIC = 6755399441055744;
/** log₂ e. */
export const LOG2E = Math.LOG2E;
/** ln 2 in two parts; the first has 21 significant bits, so k·LN2_HI is exact for |k| < 2³². */
export const LN2_HI = 0.6931467056274414;
export const LN2_LO = 4.7493250390316726e-7;
/** Arguments of exp and expm1 are clamped to [−708, 709], where 2^k and the result are normal doubles. */
export const EXP_MIN = -708;
export const EXP_MAX = 709;

/** P in e^r = 1 + r + r²·P(r), |r| ≤ ½ ln 2; error 1.6e-17. */
export const EXP_COEFFICIENTS = [
  0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
  0.00019841269863053618, 2.4801521295954376e-5, 2.7557268459997064e-6, 2.7620088445409746e-7, 2.510038549551032e-8,
] as const;

const [C0, C1, C2, C3, C4, C5, C6, C7, C8, C9] = EXP_COEFFICIENTS;

/** `polynomial(EXP_COEFFICIENTS, r)` written out: the same operations in the same order, without a loop that engines don't unroll. */
export function expPolynomial(r: number): number {
  return ((((((((C9 * r + C8) * r + C7) * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * r + C1) * r + C0;
}

/**
 * e^x. 0 below −708 and Infinity above 709 (a little before the range of doubles ends); NaN for NaN.
 *
 * 1. c = min(max(x, −708), 709).
 * 2. k = (c·LOG2E + MAGIC) − MAGIC.
 * 3. r = (c − k·LN2_HI) − k·LN2_LO.
 * 4. p = r + (r·r)·P(r), Horner from the last coefficient.
 * 5. (1 + p)·2^k, with 2^k from the bits of k + 1023 shifted to the exponent.
 * 6. Select 0 where x < −708, Infinity where x > 709.
 */
export function exp(x: number): number {
  const c = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
  const k = c * LOG2E + MAGIC - MAGIC;
  const r = c - k * LN2_HI - k * LN2_LO;
  const p = r + r * r * expPolynomial(r);
  const y = (1 + p) * powerOfTwo(k);
  return x < EXP_MIN ? 0 : x > EXP_MAX ? Infinity : y;
}

/**
 * e^x − 1 without cancellation. Steps 1 to 4 of {@link exp}, then
 *
 * 5. 2^k·p + (2^k − 1).
 * 6. Select Infinity where x > 709.
 */
export function expm1(x: number): number {
  const c = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
  const k = c * LOG2E + MAGIC - MAGIC;
  const r = c - k * LN2_HI - k * LN2_LO;
  const p = r + r * r * expPolynomial(r);
  const scale = powerOfTwo(k);
  return x > EXP_MAX ? Infinity : scale * p + (scale - 1);
}

/**
 * tanh x: t = expm1(−2|x|), −t/(2 + t), then the sign of x.
 */
export function tanh(x: number): number {
  const t = expm1(-2 * Math.abs(x));
  const y = -t / (2 + t);
  return x < 0 ? -y : x === 0 ? x : y;
}

/** 1/(1 + e^−x), the logistic function. */
export function logistic(x: number): number {
  return 1 / (1 + exp(-x));
}
