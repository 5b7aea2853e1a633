import { exp } from './exponential.ts';
import { log } from './logarithm.ts';

/** Largest integer exponent that is multiplied out; half of the rounding errors cancel up to here. */
const LARGEST_PRODUCT = 64;

function integerPower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let k = n; k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/**
 * x^y. Integer and half-integer exponents up to 64 are products and square roots (exact wherever those are); any other is
 * exp(y·ln x), with relative error near |y·ln x|·1e-16. NaN for a negative x with an exponent that is not an integer.
 */
export function pow(x: number, y: number): number {
  if (y < 0) return 1 / pow(x, -y);
  if (y <= LARGEST_PRODUCT) {
    if (Number.isInteger(y)) return integerPower(x, y);
    if (Number.isInteger(2 * y)) return integerPower(x, Math.floor(y)) * Math.sqrt(x);
  }
  if (x < 0) {
    if (!Number.isInteger(y)) return Number.NaN;
    return y % 2 === 0 ? pow(-x, y) : -pow(-x, y);
  }
  return exp(y * log(x));
}
