import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { binomialProbabilities } from './binomial.ts';
import { zMoments } from './moments.ts';
import { fixedMagnitude, gaussianPair } from './pairs.ts';

/** The exact distribution of z at unit weight scale. */
export type ExactLaw =
  /** z = 0 always. */
  | { readonly kind: 'zero' }
  /** z ~ N(mean, sd²). */
  | { readonly kind: 'gaussian'; readonly mean: number; readonly sd: number }
  /** z − mean takes the value points[i] (ascending) with probability probabilities[i]: centred, as tallies are. */
  | {
      readonly kind: 'lattice';
      readonly mean: number;
      readonly points: Float64Array;
      readonly probabilities: Float64Array;
    };

/** Largest fan-in whose lattice is spelt out point by point. */
export const LATTICE_LIMIT = 4096;

/**
 * The law of z where it is known exactly, which makes every statistic of every activation exact.
 *
 * Gaussian: constant weights on normal inputs (independent, equicorrelated or AR(1)); an orthogonal row or random signs on
 * independent centred normal inputs; normal weights on inputs of fixed magnitude. Lattice (fan-in ≤ {@link LATTICE_LIMIT}):
 * random signs on inputs of fixed magnitude, constant weights on two-valued inputs.
 */
export function exactLaw(shape: Shape, input: Input, fanIn: number): ExactLaw | null {
  if (shape.kind === 'zero' || input.moments[2] === 0) return { kind: 'zero' };
  if (gaussianPair(shape, input)) {
    const { mean, variance } = zMoments(shape, input, fanIn);
    return { kind: 'gaussian', mean, sd: Math.sqrt(variance) };
  }
  if (shape.kind === 'constant') return constantWeights(input, fanIn);
  const magnitude = fixedMagnitude(input);
  if (shape.kind === 'sign' && magnitude !== null) return binomialLaw(0, 2 * magnitude, 0.5, fanIn);
  return null;
}

function constantWeights(input: Input, n: number): ExactLaw | null {
  if (input.dependence.kind !== 'iid') return null;
  const { kind, params, scale } = input.sampler;
  const mean = n * (input.moments[1] as number);
  switch (kind) {
    case 'constant':
      return { kind: 'lattice', mean, points: Float64Array.of(0), probabilities: Float64Array.of(1) };
    case 'sign':
      return binomialLaw(mean, 2 * scale, 0.5, n);
    case 'bernoulli':
      return binomialLaw(mean, scale, params[0] as number, n);
    default:
      return null;
  }
}

/** z − mean = step·(K − np), K binomial; step > 0. */
function binomialLaw(mean: number, step: number, p: number, n: number): ExactLaw | null {
  if (n > LATTICE_LIMIT) return null;
  const points = Float64Array.from({ length: n + 1 }, (_, k) => step * (k - n * p));
  return { kind: 'lattice', mean, points, probabilities: binomialProbabilities(n, p) };
}

/**
 * Whether z, standardised, tends to N(0, 1) as the fan-in grows: by the central limit theorem for independent components of finite
 * variance and for AR(1), never for equicorrelated inputs under random weights (‖x‖²/n stays random) or for whole rows.
 */
export function gaussianLimit(shape: Shape, input: Input): boolean {
  if (shape.kind === 'zero') return false;
  if (gaussianPair(shape, input)) return true;
  const spread = (shape.kind === 'constant' ? input.central[2] : input.moments[2]) as number;
  switch (input.dependence.kind) {
    case 'iid':
      return Number.isFinite(spread) && spread > 0;
    case 'ar1':
      return Math.abs(input.dependence.phi) < 1;
    case 'equicorrelated':
      return input.dependence.rho === 0;
    case 'rows':
      return false;
  }
}
