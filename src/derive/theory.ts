import type { Functional, Kernel } from '../kernel/kernel.ts';
import { expectations } from '../kernel/reference/functionals.ts';
import type { Activation } from '../model/activations.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { normalMass } from '../numeric/special.ts';
import { type ExactLaw, exactLaw, gaussianLimit } from '../theory/exact.ts';
import { tallyCentre, type ZMoments, zMoments } from '../theory/moments.ts';
import { criterionIntervals } from './criterion-intervals.ts';
import { gaussianExpectations } from './gaussian-expectations.ts';
import type { SaturatedSet } from './saturation.ts';

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
    offset: tallyCentre(shape, input, fanIn),
    law,
    kind: exact === null ? 'gaussian' : 'exact',
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

const ORIGIN = { points: Float64Array.of(0), probabilities: Float64Array.of(1) };

/** The points that a centred z without a density can take, with their probabilities. */
function atomsOf(law: ExactLaw): { readonly points: Float64Array; readonly probabilities: Float64Array } {
  return law.kind === 'lattice' ? law : ORIGIN;
}

/**
 * The formulas of `src/model`, one number at a time. What is held against an exact law must not be evaluated by the kernel that is
 * held against it: a wrong derivative would agree with itself. Exact laws are few; the limits, which are many, are left to the kernel.
 */
export const FORMULAS: Pick<Kernel, 'expectations'> = { expectations };

/**
 * Theory of the four activation statistics of many functionals: {@link ANSWER} doubles each, or null without a law.
 *
 * @param kernel evaluates what is no exact law
 */
export function expectedActivations(
  kernel: Pick<Kernel, 'expectations'>,
  { law, kind, offset }: EnsembleTheory,
  functionals: readonly Functional[],
): Float64Array | null {
  if (law === null) return null;
  const evaluator = kind === 'exact' ? FORMULAS : kernel;
  if (law.kind === 'gaussian' && law.sd > 0) return gaussianExpectations(evaluator, law.sd, offset, functionals);
  const { points, probabilities } = atomsOf(law);
  return evaluator.expectations(points, probabilities, functionals);
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

/**
 * Theory of the saturated share, from the definition of the set: points are held against it one by one, a Gaussian between the
 * places where it begins and ends to hold. The intervals that count what was simulated are thereby tested, too.
 *
 * @param offset see {@link functionalOffset}
 */
export function expectedSaturation(
  { law }: EnsembleTheory,
  set: SaturatedSet,
  factor: number,
  offset: number,
): number | null {
  if (law === null) return null;
  if (law.kind === 'gaussian' && law.sd > 0 && factor !== 0) {
    const { sd } = law;
    const standard = (u: number) => (u / factor - offset) / sd;
    return criterionIntervals(set).reduce((sum, [from, to]) => sum + normalMass(standard(from), standard(to)), 0);
  }
  const { points, probabilities } = atomsOf(law);
  let share = 0;
  points.forEach((point, i) => {
    if (set.includes(factor * (point + offset))) share += probabilities[i] as number;
  });
  return Math.min(1, share);
}
