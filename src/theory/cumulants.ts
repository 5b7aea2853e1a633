/**
 * Algebra of moments and cumulants of a random variable, as arrays indexed by order: m[k] = E y^k with m[0] = 1, c[k] = κ_k with
 * c[0] = 0. The sum of n independent copies has n times the cumulants.
 */

/** Highest order up to which every moment is finite. */
export function finiteOrder(moments: readonly number[]): number {
  let order = 0;
  while (order + 1 < moments.length && Number.isFinite(moments[order + 1])) order++;
  return order;
}

/** Moments of the product of two independent variables, up to the order that both have. */
export function productMoments(a: readonly number[], b: readonly number[]): number[] {
  const order = Math.min(finiteOrder(a), finiteOrder(b));
  return Array.from({ length: order + 1 }, (_, k) => (a[k] as number) * (b[k] as number));
}

/** κ_k = m_k − Σ_{j<k} C(k−1, j−1)·κ_j·m_{k−j}, up to the last finite order (Smith 1995, Am. Stat. 49:217, eq. 2). */
export function cumulantsOf(moments: readonly number[]): number[] {
  const order = finiteOrder(moments);
  const cumulants = [0];
  for (let k = 1; k <= order; k++) {
    let value = moments[k] as number;
    for (let j = 1; j < k; j++) value -= binomial(k - 1, j - 1) * (cumulants[j] as number) * (moments[k - j] as number);
    cumulants.push(value);
  }
  return cumulants;
}

/** m_k = Σ_{j≤k} C(k−1, j−1)·κ_j·m_{k−j}: the inverse of {@link cumulantsOf}. */
export function momentsOf(cumulants: readonly number[]): number[] {
  const moments = [1];
  for (let k = 1; k < cumulants.length; k++) {
    let value = 0;
    for (let j = 1; j <= k; j++)
      value += binomial(k - 1, j - 1) * (cumulants[j] as number) * (moments[k - j] as number);
    moments.push(value);
  }
  return moments;
}

/** Moments of the sum of n independent copies; n need not be an integer where the copies are a stand-in. */
export function sumMoments(moments: readonly number[], n: number): number[] {
  return momentsOf(cumulantsOf(moments).map((cumulant) => n * cumulant));
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let j = 1; j <= k; j++) value = (value * (n - k + j)) / j;
  return value;
}
