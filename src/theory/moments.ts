import { isCentred } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import type { RowMoments } from '../model/spec.ts';
import { pairSum } from './correlation.ts';
import { cumulantsOf, momentsOf, productMoments } from './cumulants.ts';
import { type Even, evenMoments, rowMoments } from './even-moments.ts';
import { gaussianPair } from './pairs.ts';

/**
 * Moments of the pre-activation z = Σ w_i x_i at unit weight scale, about its mean: multiply the mean by the scale s and the
 * variance by s²; the others are free of scale. Infinity where the defining integral diverges, null where it is unknown or undefined.
 */
export interface ZMoments {
  /** E z; the centre of symmetry where the expectation diverges. */
  readonly mean: number;
  readonly variance: number;
  readonly skewness: number | null;
  /** E (z − E z)⁴/Var(z)² − 3. */
  readonly excess: number | null;
  /** K_k = E (z − E z)^{2k}/(E (z − E z)^k)² for k = 2: the heavy-tail guard of the variance. */
  readonly k2: number | null;
  /** The same for k = 4: the guard of the kurtosis. An upper bound for whole rows and AR(1). */
  readonly k4: number | null;
}

/**
 * Exact moments of z for weights independent of the inputs.
 *
 * @param shape weights at unit scale
 * @param input components after standardising; correlated ones are Gaussian and centred
 * @param fanIn number of inputs n
 */
export function zMoments(shape: Shape, input: Input, fanIn: number): ZMoments {
  if (shape.kind === 'zero') return degenerate(0);
  if (gaussianPair(shape, input)) return gaussianMoments(shape, input, fanIn);
  if (shape.kind === 'constant') {
    return input.dependence.kind === 'rows'
      ? summedRows(input.dependence.moments, fanIn)
      : constantWeights(input, fanIn);
  }
  if (input.moments[2] === Infinity) {
    return { mean: 0, variance: Infinity, skewness: null, excess: null, k2: Infinity, k4: Infinity };
  }
  if (shape.kind !== 'orthogonal' && input.dependence.kind === 'iid') {
    return fromSum(0, cumulantsOf(productMoments(shape.moments, input.moments)), fanIn);
  }
  return fromEven(evenMoments(shape, input, fanIn));
}

/** What is subtracted from z, at unit weight scale, before it is tallied: E z where {@link isCentred}, else 0. */
export function tallyCentre(shape: Shape, input: Input, fanIn: number): number {
  if (!isCentred(shape, input)) return 0;
  const { dependence } = input;
  return dependence.kind === 'rows'
    ? rowMoments(dependence.moments, fanIn).sumCentre
    : zMoments(shape, input, fanIn).mean;
}

/** Law with exact N(mean, variance). K₄ = 105/3². */
function gaussianMoments(shape: Shape, input: Input, n: number): ZMoments {
  if (shape.kind !== 'constant')
    return { ...NORMAL, mean: 0, variance: n * shape.variance * (input.moments[2] as number) };
  const mean = input.moments[1] as number;
  const variance = (input.central[2] as number) * (n + (pairSum(input.dependence, n, 1) as number));
  return variance > 0 ? { ...NORMAL, mean: n * mean, variance } : degenerate(n * mean);
}

const NORMAL = { skewness: 0, excess: 0, k2: 3, k4: 105 / 9 } as const;

/** z = Σ x_i of independent components. */
function constantWeights({ moments, central }: Input, n: number): ZMoments {
  const mean = Number.isFinite(moments[1]) ? n * (moments[1] as number) : 0;
  return fromSum(mean, cumulantsOf(central), n);
}

/** Moments of the sum of n independent terms with these cumulants; orders that are missing diverge. */
function fromSum(mean: number, cumulants: readonly number[], n: number): ZMoments {
  const order = cumulants.length - 1;
  if (order < 2) return { mean, variance: Infinity, skewness: null, excess: null, k2: Infinity, k4: Infinity };
  const [, , c2, c3, c4] = cumulants as [number, number, number, number | undefined, number | undefined];
  if (c2 === 0) return degenerate(mean);
  const summed = momentsOf(cumulants.map((c) => n * c));
  const fourth = summed[4];
  const eighth = summed[8];
  // Straight from the cumulants, which keep their digits when n is large and the excess small.
  const excess = c4 === undefined ? Infinity : c4 / (n * c2 * c2);
  return {
    mean,
    variance: n * c2,
    skewness: c3 === undefined ? null : c3 / (c2 * Math.sqrt(n * c2)),
    excess,
    k2: excess + 3,
    k4: fourth === undefined || eighth === undefined ? Infinity : eighth / (fourth * fourth),
  };
}

/** z = Σ x_i of a whole row: its moments are those of the sums of the file's rows, whatever the dependence. */
function summedRows(rows: readonly RowMoments[], n: number): ZMoments {
  const { sumMean, sumCentral } = rowMoments(rows, n);
  return fromSum(sumMean, cumulantsOf(sumCentral), 1);
}

function fromEven({ second, fourth, eighth }: Even): ZMoments {
  if (second === 0) return degenerate(0);
  const k2 = fourth / (second * second);
  const k4 = eighth === Infinity ? Infinity : eighth / (fourth * fourth);
  return { mean: 0, variance: second, skewness: fourth === Infinity ? null : 0, excess: k2 - 3, k2, k4 };
}

/** A z that never varies. */
function degenerate(mean: number): ZMoments {
  return { mean, variance: 0, skewness: null, excess: null, k2: null, k4: null };
}
