import type { DepthSpec } from '../model/depth-spec.ts';
import type { Input } from '../model/inputs.ts';
import type { Shape } from '../model/shapes.ts';
import { log } from '../numeric/elementary.ts';
import { inflation as inflationOf } from '../theory/inflation.ts';
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

/** The squares of z in the first layer, as the guard against heavy tails asks for them. */
export interface FirstSquares {
  /** K = E (z − Ez)⁴/(Var z)²; 0 where z does not vary. */
  readonly k2: number;
  /** Variance of a network's mean of them against that of as many independent ones: an upper bound where width and batch differ. */
  readonly inflation: number;
}

/**
 * From the moments of weights and inputs; null where these are unknown.
 *
 * Of z = y + b: Var mean z² = Var mean y² + 4 Var mean yb + Var mean b², as b is symmetric. It is one number for all inputs of a unit, and
 * a pair of inputs with correlation c shares c² of the variance of y², and c of y.
 *
 * @param scale of the weights
 */
export function firstSquares(
  { shape, input, scale }: { readonly shape: Shape; readonly input: Input; readonly scale: number },
  width: number,
  { batch, correlation, biasStd }: Pick<DepthSpec, 'batch' | 'correlation' | 'biasStd'>,
): FirstSquares | null {
  // Networks add rows up as they are: where entries cancel, or lie far from 0, that rounds otherwise than theory does.
  if (shape.kind === 'constant' && input.dependence.kind === 'rows') return null;
  const { variance, k2 } = zMoments(shape, input, width);
  const [ofSum, ofBias] = [scale * scale * variance, biasStd * biasStd];
  const whole = ofSum + ofBias;
  if (whole === 0) return { k2: 0, inflation: 1 };
  if (variance > 0 && k2 === Number.POSITIVE_INFINITY) return { k2, inflation: 1 };
  const squares = inflationOf(shape, input, width, Math.max(width, batch), 'variance');
  const values = inflationOf(shape, input, width, batch, 'mean');
  if (squares === null || values === null || (variance > 0 && k2 === null)) return null;
  const [sum, bias] = [ofSum / whole, ofBias / whole];
  const k = sum === 0 ? 3 : sum * sum * (k2 ?? 0) + 6 * sum * bias + 3 * bias * bias;
  const own = sum === 0 ? 0 : ((k2 ?? 0) - 1) * squares * (1 + correlation * correlation);
  const relative = sum * sum * own + 4 * sum * bias * (values + correlation) + 2 * bias * bias * batch;
  return { k2: k, inflation: k > 1 ? relative / (k - 1) : 1 };
}

/** Var ln of a network's mean of so many squares in the first layer. */
export function firstLogVariance({ k2, inflation }: FirstSquares, values: number): number {
  return k2 === Number.POSITIVE_INFINITY ? k2 : log(1 + (Math.max(0, k2 - 1) * inflation) / values);
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
