import { exp, expm1 } from '../../numeric/elementary.ts';
import { binomialCoefficient, integerPower, momentList } from '../moments.ts';

/**
 * E (u − Eu)^k of u = exp(σ·N(0, 1)), without cancellation.
 *
 * With w = exp(σ²), E (u/Eu)^j = w^C(j,2), so E (u/Eu − 1)^k = Σ_j (−1)^(k−j)·C(k, j)·w^C(j,2). Expanding w = 1 + q makes
 * the coefficient of q^i the number of graphs on k labelled vertices with i edges and no isolated vertex
 * (inclusion–exclusion): whole numbers ≥ 0, so the sum over i has no cancellation however small σ is.
 */
export function lognormalCentral(sigma: number): readonly number[] {
  const q = expm1(sigma * sigma);
  const mean = exp(0.5 * sigma * sigma);
  return momentList((k) => {
    const edges = (k * (k - 1)) / 2;
    let sum = 0;
    for (let i = edges; i >= 0; i--) sum = sum * q + graphsWithoutIsolatedVertices(k, i);
    return integerPower(mean, k) * sum;
  });
}

function graphsWithoutIsolatedVertices(vertices: number, edges: number): number {
  let count = 0;
  for (let j = 0; j <= vertices; j++) {
    const pairs = (j * (j - 1)) / 2;
    if (pairs < edges) continue;
    const sign = (vertices - j) % 2 === 0 ? 1 : -1;
    count += sign * binomialCoefficient(vertices, j) * binomialCoefficient(pairs, edges);
  }
  return count;
}
