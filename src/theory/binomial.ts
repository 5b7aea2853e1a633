/**
 * P(K = k), k = 0…n, of a binomial count: the ratios p_{k+1}/p_k = (n − k)p/((k + 1)(1 − p)) outwards from the mode,
 * then normalised. No logarithms, no cancellation: relative errors stay near n·2⁻⁵³; far tails may underflow to 0.
 */
export function binomialProbabilities(n: number, p: number): Float64Array {
  const probabilities = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  probabilities[mode] = 1;
  for (let k = mode; k < n; k++) probabilities[k + 1] = ((probabilities[k] as number) * (n - k) * odds) / (k + 1);
  for (let k = mode; k > 0; k--) probabilities[k - 1] = ((probabilities[k] as number) * k) / ((n - k + 1) * odds);
  let sum = 0;
  for (const value of probabilities) sum += value;
  return probabilities.map((value) => value / sum);
}
