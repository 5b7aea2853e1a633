/**
 * Exact acceptance bounds of a Binomial(n, p) count: outside [low, high] falls at most `alarm`, half on either side. Summed in
 * logarithms, apart from the program's own functions.
 */
export function binomialBounds(n: number, p: number, alarm = 1e-4): { low: number; high: number } {
  const logs = [n * Math.log1p(-p)];
  for (let k = 1; k <= n; k++) logs.push((logs[k - 1] as number) + Math.log(((n - k + 1) / k) * (p / (1 - p))));
  const probabilities = logs.map(Math.exp);
  let low = 0;
  for (let tail = probabilities[0] as number; tail <= alarm / 2; tail += probabilities[low] as number) low++;
  let high = n;
  for (let tail = probabilities[n] as number; tail <= alarm / 2; tail += probabilities[high] as number) high--;
  return { low, high };
}
