import type { Activation } from '../model/activations.ts';
import { type TailGuard, tailGuard } from '../stats/guards.ts';
import { gaussianRule } from '../theory/gaussian.ts';
import type { EnsembleTheory } from './theory.ts';

/** Guards of the mean and variance of g, of the mean of g′ and of that of g′². */
export interface FunctionalTails {
  readonly activation: TailGuard | null;
  readonly derivative: TailGuard | null;
  readonly square: TailGuard | null;
}

const NONE: FunctionalTails = { activation: null, derivative: null, square: null };

/**
 * Heavy tails that are not z's but the activation's: where constant weights carry z far from 0, g′ is exponentially small but for
 * a few z near 0 that a sample may not hold (E tanh′ of a z around −15). As in rule 5 the data cannot warn, but the exact law can: K is the
 * kurtosis of g, g′ and g′² under it.
 *
 * @param factor β times the weight scale
 * @param effective N_e
 */
export function functionalTails(
  { law, kind, offset }: EnsembleTheory,
  activation: Activation,
  factor: number,
  effective: number,
): FunctionalTails {
  if (kind !== 'exact' || offset === 0 || factor === 0) return NONE;
  if (law?.kind !== 'gaussian' && law?.kind !== 'lattice') return NONE;
  const lattice = law.kind === 'lattice';
  const { nodes, weights } = lattice
    ? { nodes: law.points, weights: law.probabilities }
    : gaussianRule(-offset / law.sd);
  const unit = lattice ? 1 : law.sd;
  const at = nodes.map((node) => factor * (unit * node + offset));
  const guard = (f: (u: number) => number) => tailGuard(kurtosis(at.map(f), weights), effective);
  return {
    activation: guard(activation.value),
    derivative: guard(activation.derivative),
    square: guard((u) => activation.derivative(u) * activation.derivative(u)),
  };
}

/** E (f − E f)⁴/(Var f)²; null where f does not vary. In units of the largest value, so that powers of tiny ones survive. */
function kurtosis(values: Float64Array, weights: Float64Array): number | null {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (weights[i] as number) * ((values[i] as number) / largest);
  let second = 0;
  let fourth = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = (values[i] as number) / largest - mean;
    const square = deviation * deviation;
    second += (weights[i] as number) * square;
    fourth += (weights[i] as number) * square * square;
  }
  return second > 0 ? fourth / second / second : null;
}
