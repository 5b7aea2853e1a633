import { studentTCdf, studentTQuantile } from '../numeric/special.ts';

/**
 * Two-sided p-value of a z-score whose error came from `blocks` blocks: Student's t with blocks − 1 degrees of freedom.
 * The normal would reject 30 times too often at the levels that 1e5 tests ask for.
 */
export function twoSidedP(zscore: number, blocks: number): number {
  return Math.min(1, 2 * studentTCdf(-Math.abs(zscore), blocks - 1));
}

/**
 * Holm's step-down adjustment (1979, Scand. J. Statist. 6, 65–70): rejecting where the result is ≤ α keeps the chance of any
 * false alarm at most α, under any dependence. In the order given; the i-th smallest of m becomes max over j ≤ i of
 * (m − j + 1)·p₍ⱼ₎, at most 1.
 */
export function holm(p: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: p.length }, (_, i) => i).sort(
    (a, b) => (p[a] as number) - (p[b] as number) || a - b,
  );
  const adjusted = new Float64Array(p.length);
  let largest = 0;
  order.forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * (p[test] as number)));
    adjusted[test] = largest;
  });
  return adjusted;
}

/** Half-width of a two-sided interval in standard errors: the quantile of Student's t with blocks − 1 degrees of freedom. */
export function intervalFactor(blocks: number, level = 0.95): number {
  return studentTQuantile(0.5 + level / 2, blocks - 1);
}
