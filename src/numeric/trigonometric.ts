import { MAGIC } from './exponential.ts';
import { polynomial } from './polynomial.ts';

const TWO_OVER_PI = 0.6366197723675814;
/** π/2 in three parts; the first two have 27 significant bits, so their products with |k| < 2²⁶ are exact. */
const HALF_PI = [1.570796325802803, 9.920935739593517e-10, 5.721188726109832e-18] as const;
const TWO_PI = 6.283185307179586;
/** Beyond this the quotient passes 2²⁶. */
const LARGEST = 1e8;

/** S in sin r = r + r·z·S(z), z = r², |r| ≤ π/4; error 2e-17. */
const SIN_COEFFICIENTS = [
  -0.16666666666666666, 0.008333333333330946, -0.0001984126983675497, 2.755731610068303e-6, -2.5051131455427946e-8,
  1.591810123027412e-10,
] as const;

/** C in cos r = 1 − ½z + z²·C(z); error 8e-19. */
const COS_COEFFICIENTS = [
  0.041666666666666664, -0.0013888888888887395, 2.4801587298763433e-5, -2.7557317270560326e-7, 2.0876146024689747e-9,
  -1.1382614868556325e-11,
] as const;

/** sin(x + turn·π/2). */
function rotated(x: number, turn: number): number {
  // `%` is exact, 2π in double is not: an absolute error of |x|·4e-17 beyond 1e8, none before.
  const y = Math.abs(x) <= LARGEST ? x : x % TWO_PI;
  const k = y * TWO_OVER_PI + MAGIC - MAGIC;
  const r = y - k * HALF_PI[0] - k * HALF_PI[1] - k * HALF_PI[2];
  const z = r * r;
  const quadrant = (k + turn) & 3;
  const value =
    (quadrant & 1) === 0
      ? r + r * z * polynomial(SIN_COEFFICIENTS, z)
      : 1 - 0.5 * z + z * z * polynomial(COS_COEFFICIENTS, z);
  return quadrant < 2 ? value : -value;
}

/** Sine, to 2e-16 absolute for |x| ≤ 1e8. */
export function sin(x: number): number {
  return rotated(x, 0);
}

/** Cosine, to 2e-16 absolute for |x| ≤ 1e8. */
export function cos(x: number): number {
  return rotated(x, 1);
}
