import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { log } from '../numeric/elementary.ts';
import { inflation } from '../theory/inflation.ts';
import type { MeanField } from '../theory/mean-field.ts';
import { zMoments } from '../theory/moments.ts';
import type { LayerTheory } from '../theory/network-theory.ts';

/**
 * Variance over networks of the logarithm of the mean square of a layer in each: Infinity where a fourth moment is, null where
 * unknown. It says how heavy the tails of the mean squares are, which deep products make all but log-normal.
 */
export interface LogVariance {
  readonly z: number | null;
  readonly a: number | null;
}

/** Of z in the first layer, from the moments of weights and inputs: an upper bound where width and batch differ. */
export function firstLogVariance(shape: Shape, input: Input, width: number, batch: number): number | null {
  const { k2 } = zMoments(shape, input, width);
  if (k2 === Number.POSITIVE_INFINITY) return k2;
  const inflated = inflation(shape, input, width, Math.max(width, batch), 'variance');
  return k2 === null || inflated === null ? null : log(1 + ((k2 - 1) * inflated) / (width * batch));
}

/**
 * All layers, to first order in 1/n. Given the layer below, z are n normal numbers of one variance s_l (its mean square adds 2/n), and
 * Var ln s_{l+1} = ω²·(ε²·Var ln s_l + (κ − 1)/n), with κ = E a⁴/(E a²)² and ε = d ln E a²/d ln q of the activation, ω the share
 * of the weights in q_{l+1}: 5/n a layer for ReLU, 2/n for the identity. Orthogonal weights keep the norm: without the 2/n, and what it
 * gave a. Inputs of one batch are taken to vary together, as those of deep networks do: an upper bound.
 */
export function logVariances(
  first: number | null,
  layers: readonly LayerTheory[],
  { activation, weightVariance, biasVariance }: MeanField,
  { width, depth, orthogonal }: { readonly width: number; readonly depth: number; readonly orthogonal: boolean },
): LogVariance[] {
  const ofUnits = orthogonal ? 0 : 2 / width;
  // What is bounded forgets how heavy the tails of its inputs are.
  const bounded = [-FAR, FAR].every((u) => Math.abs(activation.value(u)) < Math.sqrt(FAR));
  let scale = first;
  return Array.from({ length: depth }, (_, l) => {
    const layer = layers[l];
    const z = l === 0 || scale === null ? scale : scale + ofUnits;
    if (layer === undefined || scale === null) return { z: l === 0 ? z : null, a: null };
    const { elasticity, kurtosis, activationVariance, meanActivation } = layer;
    const kept = scale === Number.POSITIVE_INFINITY && bounded ? 0 : elasticity * elasticity * scale;
    const own = (kurtosis - 1) / width - elasticity * elasticity * (2 / width - ofUnits);
    const a = kept + own;
    const byWeights = weightVariance * (activationVariance + meanActivation ** 2);
    const share = byWeights / (byWeights + biasVariance);
    scale = share * share * a;
    return { z, a };
  });
}

const FAR = 1e100;
