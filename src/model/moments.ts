/** Moments are kept to this order: the standard error of a kurtosis needs the eighth. */
export const HIGHEST_MOMENT = 8;

/** [f(0), …, f(8)]. */
export function momentList(f: (k: number) => number): readonly number[] {
  return Array.from({ length: HIGHEST_MOMENT + 1 }, (_, k) => f(k));
}

/** Moments of a variable symmetric about 0: odd ones 0, even ones from `even(k)`, k = 0, 2, …, 8. */
export function symmetricMoments(even: (k: number) => number): readonly number[] {
  return momentList((k) => (k % 2 === 0 ? even(k) : 0));
}

/** (k − 1)!! for even k: E u^k of a standard normal u. */
export function doubleFactorial(k: number): number {
  let product = 1;
  for (let i = k - 1; i > 1; i -= 2) product *= i;
  return product;
}

export function factorial(k: number): number {
  let product = 1;
  for (let i = 2; i <= k; i++) product *= i;
  return product;
}

export function binomialCoefficient(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/** x^k for an integer k ≥ 0 by repeated multiplication. */
export function integerPower(x: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= x;
  return product;
}

/**
 * Raw moments of mean + scale·(u − Eu) from the central moments of u:
 * E x^k = Σ_j C(k, j)·mean^(k−j)·scale^j·central_j. From the first that is Infinity (divergent) or NaN (unknown) on, the same.
 */
export function shiftMoments(central: readonly number[], mean: number, scale: number): readonly number[] {
  const end = central.findIndex((m) => !Number.isFinite(m));
  return momentList((k) => {
    if (end >= 0 && k >= end) return central[end] as number;
    let sum = 0;
    for (let j = 0; j <= k; j++)
      sum += binomialCoefficient(k, j) * integerPower(mean, k - j) * integerPower(scale, j) * (central[j] as number);
    return sum;
  });
}
