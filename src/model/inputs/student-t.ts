import { exp } from '../../numeric/elementary.ts';
import { polynomial } from '../../numeric/polynomial.ts';
import { momentList } from '../moments.ts';
import type { ComplexValue } from './family.ts';

/** E t^k = Π_{j ≤ k/2} df·(2j − 1)/(df − 2j) for even k < df, 0 for odd k < df, divergent from k = df on. */
export function studentTMoments(df: number): readonly number[] {
  return momentList((k) => {
    if (k >= df) return k === 0 ? 1 : Infinity;
    if (k % 2 === 1) return 0;
    let product = 1;
    for (let i = 2; i <= k; i += 2) product *= (df * (i - 1)) / (df - i);
    return product;
  });
}

/** Past this many the law is a normal for every purpose here. */
const MOST_TERMS = 100;

/**
 * E e^{iωt} for odd df = 2p + 1, a Bessel function of half-integer order (Matérn form): with s = √df·|ω|,
 * e^{−s}·p!/(2p)!·Σ_k (p + k)!/(k!·(p − k)!)·(2s)^{p−k}. null for other df, which have no elementary form.
 */
export function studentTCharacteristic(df: number): ((omega: number) => ComplexValue) | null {
  const p = (df - 1) / 2;
  if (!Number.isInteger(p) || p > MOST_TERMS) return null;
  // From k = p down: the constant term is 1, and each coefficient follows from the one before.
  const coefficients = [1];
  for (let i = 1; i <= p; i++)
    coefficients.push(((coefficients[i - 1] as number) * 2 * (p - i + 1)) / (i * (2 * p - i + 1)));
  return (omega) => {
    const s = Math.sqrt(df) * Math.abs(omega);
    return [s > 700 ? 0 : exp(-s) * polynomial(coefficients, s), 0];
  };
}
