/**
 * Chi-square of counts against probabilities that sum to 1, as a standard normal score; neighbours are merged until 50 are expected.
 * Infinite where anything is counted on either side of all that has a probability; inside, differences of a cumulative law round to 0.
 */
export function chiSquareScore(counts: readonly number[], probabilities: readonly number[]): number {
  const [from, to] = [probabilities.findIndex((p) => p > 0), probabilities.findLastIndex((p) => p > 0)];
  if (counts.some((count, i) => count > 0 && (i < from || i > to))) return Number.POSITIVE_INFINITY;
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] as number;
  const cells: [observed: number, expected: number][] = [];
  let [observed, expected] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    observed += counts[i] as number;
    expected += total * (probabilities[i] as number);
    if (expected < 50) continue;
    cells.push([observed, expected]);
    [observed, expected] = [0, 0];
  }
  const last = cells.at(-1) as [number, number];
  last[0] += observed;
  last[1] += expected;
  let sum = 0;
  for (const [o, e] of cells) sum += (o - e) ** 2 / e;
  // Wilson & Hilferty (1931): the cube root of χ²/k is nearly normal with mean 1 − 2/(9k) and variance 2/(9k).
  const freedom = cells.length - 1;
  const variance = 2 / (9 * freedom);
  return (Math.cbrt(sum / freedom) - (1 - variance)) / Math.sqrt(variance);
}

/** √n·sup|Fₙ − F| over interval ends (Kolmogorov–Smirnov): above x with probability 2·e^(−2x²), less for a discrete law. */
export function kolmogorovScore(counts: readonly number[], cumulative: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  let largest = 0;
  cumulative.forEach((probability, i) => {
    below += counts[i] as number;
    largest = Math.max(largest, Math.abs(below / total - probability));
  });
  return largest * Math.sqrt(total);
}

/** Probability that a Poisson count is as far out as `count` on its side of the mean. */
export function poissonTail(count: number, mean: number): number {
  const up = count > mean;
  let term = Math.exp(-mean + count * Math.log(mean) - logFactorial(count));
  let sum = term;
  for (let k = count; term > sum * 1e-12 && k >= 0 && k < count + 1e7; up ? k++ : k--) {
    term *= up ? mean / (k + 1) : k / mean;
    sum += term;
  }
  return sum;
}

function logFactorial(n: number): number {
  if (n > 100) return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n);
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log(k);
  return sum;
}
