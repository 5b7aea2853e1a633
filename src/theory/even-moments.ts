import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import type { RowMoments } from '../model/spec.ts';
import { pairSum } from './correlation.ts';
import { momentsOf, productMoments, sumMoments } from './cumulants.ts';

/** E z², E z⁴ and E z⁸ of a z that is symmetric about 0; the last may be an upper bound. */
export interface Even {
  readonly second: number;
  readonly fourth: number;
  readonly eighth: number;
}

/** Even moments of z = Σ w_i x_i for zero-mean weights at unit scale. */
export function evenMoments(shape: Shape, input: Input, fanIn: number): Even {
  const moments = byDependence(shape.moments, input, fanIn);
  return shape.kind === 'orthogonal' ? onSphere(moments, fanIn) : moments;
}

function byDependence(weight: readonly number[], input: Input, n: number): Even {
  switch (input.dependence.kind) {
    case 'iid':
      return even(sumMoments(productMoments(weight, input.moments), n));
    case 'equicorrelated':
      return equicorrelated(weight, input.dependence.rho, input.moments[2] as number, n);
    case 'ar1':
      return autoregressive(weight, input.dependence.phi, input, n);
    case 'rows':
      return wholeRows(weight, rowMoments(input.dependence.moments, n));
  }
}

/**
 * Given the common factor c the components are independent, N(√ρ·c, 1 − ρ), so the conditional moments are those of a sum;
 * they are polynomials in c of degree at most 8, which five Gauss–Hermite nodes average exactly.
 */
function equicorrelated(weight: readonly number[], rho: number, variance: number, n: number): Even {
  const total = [0, 0, 0];
  for (const [node, share] of HERMITE_5) {
    const component = normalMoments(Math.sqrt(rho * variance) * node, (1 - rho) * variance);
    const given = sumMoments(productMoments(weight, component), n);
    for (const [i, order] of [2, 4, 8].entries()) total[i] = (total[i] as number) + share * (given[order] as number);
  }
  return { second: total[0] as number, fourth: total[1] as number, eighth: total[2] as number };
}

/** Probabilists' Gauss–Hermite rule with 5 nodes, weights summing to 1 (Abramowitz & Stegun 25.4.46 in closed form). */
const HERMITE_5: readonly (readonly [number, number])[] = [-1, 1]
  .flatMap((side): [number, number][] => [
    [side * Math.sqrt(5 - Math.sqrt(10)), (7 + 2 * Math.sqrt(10)) / 60],
    [side * Math.sqrt(5 + Math.sqrt(10)), (7 - 2 * Math.sqrt(10)) / 60],
  ])
  .concat([[0, 8 / 15]]);

/** E x^k, k = 0…8, of N(mean, variance). */
function normalMoments(mean: number, variance: number): number[] {
  return momentsOf([0, mean, variance, 0, 0, 0, 0, 0, 0]);
}

/**
 * E z⁴ = σ⁴·((κ_w − 3)·ΣE x_i⁴ + 3·E‖x‖⁴). E z⁸ is an upper bound: 105σ⁸·E‖x‖⁸, the value for normal weights, with E‖x‖⁸
 * from the cumulants 2^{j−1}(j−1)!·tr Sʲ of ‖x‖² and tr Sʲ ≤ tr S²·λ^{j−2}; the largest eigenvalue λ of the correlations S is
 * under (1 + |φ|)/(1 − |φ|), the peak of the spectral density, and under √tr S².
 */
function autoregressive(weight: readonly number[], phi: number, input: Input, n: number): Even {
  const scale = (weight[2] as number) * (input.moments[2] as number);
  const kappa = (weight[4] as number) / ((weight[2] as number) * (weight[2] as number));
  const trace = n + (pairSum(input.dependence, n, 2) as number);
  const largest = Math.min((1 + Math.abs(phi)) / (1 - Math.abs(phi)), Math.sqrt(trace));
  const norms = momentsOf([0, n, 2 * trace, 8 * trace * largest, 48 * trace * largest * largest]);
  return {
    second: scale * n,
    fourth: scale * scale * ((kappa - 3) * 3 * n + 3 * (norms[2] as number)),
    eighth: scale * scale * scale * scale * 105 * (norms[4] as number),
  };
}

/** E z⁸ is 105σ⁸·E‖x‖⁸ for normal weights and less for every lighter-tailed shape here. */
function wholeRows(weight: readonly number[], row: RowMoments): Even {
  const w2 = weight[2] as number;
  const w4 = weight[4] as number;
  return {
    second: w2 * row.norm2,
    fourth: (w4 - 3 * w2 * w2) * row.sumFourth + 3 * w2 * w2 * row.norm4,
    eighth: 105 * w2 * w2 * w2 * w2 * row.norm8,
  };
}

/** The facts about rows cut to `fanIn` entries; the dataset records them for every fan-in of its sweep. */
export function rowMoments(rows: readonly RowMoments[], fanIn: number): RowMoments {
  const row = rows.find((candidate) => candidate.fanIn === fanIn);
  if (row === undefined) throw new RangeError(`no row moments for fan-in ${fanIn}`);
  return row;
}

/** A direction on the sphere of radius √n against normal weights: E ‖g‖^{2j} = n(n + 2)…(n + 2j − 2) instead of n^j. */
function onSphere({ second, fourth, eighth }: Even, n: number): Even {
  return {
    second,
    fourth: (fourth * n) / (n + 2),
    eighth: (eighth * n * n * n) / ((n + 2) * (n + 4) * (n + 6)),
  };
}

function even(moments: readonly number[]): Even {
  return { second: moments[2] as number, fourth: moments[4] ?? Infinity, eighth: moments[8] ?? Infinity };
}
