import { exp } from '../../numeric/elementary.ts';
import { factorial, momentList } from '../moments.ts';
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

/**
 * E e^{iωt} for odd df = 2p + 1, a Bessel function of half-integer order (Matérn form): with s = √df·|ω|,
 * e^{−s}·p!/(2p)!·Σ_k (p + k)!/(k!·(p − k)!)·(2s)^{p−k}. null for other df, which have no elementary form.
 */
export function studentTCharacteristic(df: number): ((omega: number) => ComplexValue) | null {
  const p = (df - 1) / 2;
  // (2p)! leaves the doubles past p = 85; so many degrees of freedom are a normal for every purpose here.
  if (!Number.isInteger(p) || p > 80) return null;
  const coefficients = Array.from(
    { length: p + 1 },
    (_, i) => (((factorial(p) / factorial(i)) * factorial(2 * p - i)) / factorial(2 * p) / factorial(p - i)) * 2 ** i,
  );
  return (omega) => {
    const s = Math.sqrt(df) * Math.abs(omega);
    let sum = 0;
    for (let i = p; i >= 0; i--) sum = sum * s + (coefficients[i] as number);
    return [exp(-s) * sum, 0];
  };
}
