import type { Functional, Kernel } from '../kernel/kernel.ts';
import type { Activation } from '../model/activations.ts';
import { isCentred } from '../model/centring.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { type ExactLaw, exactLaw, gaussianLimit } from '../theory/exact.ts';
import { type ZMoments, zMoments } from '../theory/moments.ts';
import { gaussianExpectations } from './gaussian-expectations.ts';
import { type Cumulative, exactCumulative, type SaturatedSet, saturatedShare } from './saturation.ts';

export interface Theory {
  readonly value: number;
  readonly kind: 'exact' | 'gaussian';
}

/** What is known of z for one (ensemble, fan-in) at unit weight scale, before anything is simulated. */
export interface EnsembleTheory {
  readonly z: ZMoments;
  /** E z as the tallies are centred on it. */
  readonly offset: number;
  /** The exact law, or the Gaussian of the limit; null when there is neither. */
  readonly law: ExactLaw | null;
  readonly kind: 'exact' | 'gaussian';
  /** The distribution function of that law about its mean. */
  readonly cumulative: Cumulative | null;
  /** Whether z is distributed symmetrically about 0. */
  readonly symmetric: boolean;
}

export function ensembleTheory(shape: Shape, input: Input, fanIn: number): EnsembleTheory {
  const z = zMoments(shape, input, fanIn);
  const exact = exactLaw(shape, input, fanIn);
  const limit =
    exact === null && gaussianLimit(shape, input) && Number.isFinite(z.variance)
      ? ({ kind: 'gaussian', mean: z.mean, sd: Math.sqrt(z.variance) } as const)
      : null;
  const law = exact ?? limit;
  return {
    z,
    offset: isCentred(shape, input) ? z.mean : 0,
    law,
    kind: exact === null ? 'gaussian' : 'exact',
    cumulative: law && exactCumulative(law),
    // Weights that are as likely w as −w make z so, whatever the inputs.
    symmetric: shape.kind !== 'constant',
  };
}

/**
 * What is added to a tallied z before an activation sees it: E z, and where a point of a lattice lies on a kink, a little less.
 *
 * Sums in single precision miss such a point (z = 0 of random signs on inputs of 0.7, no event among Bernoulli inputs) by their
 * rounding, to either side of the kink, where the derivative is that from the left. n additions round by some 5·10⁻⁸·n lattice
 * steps. 2⁻²²·n is five times that, some 5·10⁻⁷·√n standard deviations, and theory is moved alike.
 */
export function functionalOffset(
  { law, offset }: EnsembleTheory,
  activation: Activation,
  factor: number,
  fanIn: number,
): number {
  if (law?.kind !== 'lattice' || law.points.length < 2 || !activation.kinks.includes(0)) return offset;
  const [first, second] = law.points as unknown as readonly [number, number];
  const step = second - first;
  const steps = (-offset - first) / step;
  if (Math.abs(steps - Math.round(steps)) > 1e-6) return offset;
  return offset - Math.sign(factor) * fanIn * 2 ** -22 * step;
}

/** Theory of the four activation statistics of many functionals: {@link ANSWER} doubles each, or null without a law. */
export function expectedActivations(
  kernel: Kernel,
  theory: EnsembleTheory,
  functionals: readonly Functional[],
): Float64Array | null {
  const { law } = theory;
  if (law === null) return null;
  if (law.kind === 'zero') return kernel.expectations(Float64Array.of(0), Float64Array.of(1), functionals);
  if (law.kind === 'lattice') return kernel.expectations(law.points, law.probabilities, functionals);
  if (law.sd === 0) return kernel.expectations(Float64Array.of(0), Float64Array.of(1), functionals);
  return gaussianExpectations(kernel, law.sd, theory.offset, functionals);
}

/**
 * Theory of a quantile of the centred z at unit scale; none on a lattice, where a quantile is a jump.
 *
 * @param standard the same quantile of N(0, 1)
 */
export function expectedQuantile(theory: EnsembleTheory, standard: number): number | null {
  const { law } = theory;
  if (law?.kind === 'zero') return 0;
  return law?.kind === 'gaussian' ? law.sd * standard : null;
}

/** @param offset see {@link functionalOffset} */
export function expectedSaturation(
  { cumulative }: EnsembleTheory,
  set: SaturatedSet,
  factor: number,
  offset: number,
): number | null {
  return cumulative && saturatedShare(set, factor, offset, cumulative);
}
