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
 * Share of the mass, and of the variance, that points left out at either end of a lattice have: E f keeps 53 bits wherever it is at
 * least 2⁻⁵³ of the largest |f|, and that of a linear f where it is as much of a standard deviation.
 */
const NEGLIGIBLE = 2 ** -108;
/** Standard deviations that the other points reach across; more by some points where few events are expected. */
const LATTICE_WIDTH = 25;
const LATTICE_EXTRA = 8;

/**
 * The law of z where it is known exactly, which makes every statistic of every activation exact.
 *
 * Gaussian: constant weights on normal inputs (independent, equicorrelated or AR(1)); an orthogonal row or random signs on
 * independent centred normal inputs; normal weights on inputs of fixed magnitude. Lattice (fan-in ≤ {@link LATTICE_LIMIT}):
 * random signs on inputs of fixed magnitude, constant weights on two-valued inputs; points that cannot matter are left out.
 */
export function exactLaw(shape: Shape, input: Input, fanIn: number): ExactLaw | null {
  if (shape.kind === 'zero' || input.moments[2] === 0) return { kind: 'zero' };
  if (gaussianPair(shape, input)) {
    const { mean, variance } = zMoments(shape, input, fanIn);
    return { kind: 'gaussian', mean, sd: Math.sqrt(variance) };
  }
  if (shape.kind === 'constant' && input.dependence.kind === 'iid' && input.sampler.kind === 'constant') {
    const mean = fanIn * (input.moments[1] as number);
    return { kind: 'lattice', mean, points: Float64Array.of(0), probabilities: Float64Array.of(1) };
  }
  const events = eventsOf(shape, input);
  return events === null || fanIn > LATTICE_LIMIT ? null : binomialLaw(events, fanIn);
}

/** About as many points as the lattice of {@link exactLaw} has, without making it; 0 where the law is none, or one of one point. */
export function latticeSize(shape: Shape, input: Input, fanIn: number): number {
  const events = fanIn > LATTICE_LIMIT || gaussianPair(shape, input) ? null : eventsOf(shape, input);
  if (events === null) return 0;
  const sd = Math.sqrt(fanIn * events.p * (1 - events.p));
  return Math.min(fanIn + 1, Math.ceil(LATTICE_WIDTH * sd) + LATTICE_EXTRA);
}

/** z = Σ over components, each one step higher with probability p. */
interface Events {
  readonly p: number;
  readonly step: number;
  /** E z/n. */
  readonly mean: number;
}

function eventsOf(shape: Shape, input: Input): Events | null {
  if (shape.kind === 'sign') {
    const magnitude = fixedMagnitude(input);
    return magnitude === null ? null : { p: 0.5, step: 2 * magnitude, mean: 0 };
  }
  if (shape.kind !== 'constant' || input.dependence.kind !== 'iid') return null;
  const { kind, params, scale } = input.sampler;
  const mean = input.moments[1] as number;
  if (kind === 'sign') return { p: 0.5, step: 2 * scale, mean };
  return kind === 'bernoulli' ? { p: params[0] as number, step: scale, mean } : null;
}

/** z − mean = step·(K − np), K binomial; step > 0. */
function binomialLaw({ p, step, mean }: Events, n: number): ExactLaw {
  const all = binomialProbabilities(n, p);
  const steps = Float64Array.from(all, (_, k) => k - n * p);
  const variance = n * p * (1 - p);
  const weight = all.map(
    (probability, k) => probability * (1 + ((steps[k] as number) * (steps[k] as number)) / variance),
  );
  let [from, to] = [0, n + 1];
  for (let left = weight[from] as number; left < NEGLIGIBLE; left += weight[from] as number) from++;
  for (let left = weight[to - 1] as number; left < NEGLIGIBLE; left += weight[to - 1] as number) to--;
  const points = steps.slice(from, to).map((k) => step * k);
  return { kind: 'lattice', mean: n * mean, points, probabilities: all.slice(from, to) };
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
