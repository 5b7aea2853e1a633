import { exp, log } from '../numeric/elementary.ts';
import {
  chi,
  correlationMap,
  type MeanField,
  meanActivation,
  qMap,
  squareActivation,
  squareSlope,
} from './mean-field.ts';

/** What mean-field theory says of one layer; null where it is undefined. */
export interface LayerTheory {
  /** E z² */
  readonly q: number;
  readonly meanActivation: number;
  readonly activationVariance: number;
  /** χ(q_l) */
  readonly chi: number;
  /** E (∂ℓ/∂a_l)² = ∏_{k>l} χ(q_k), and its logarithm (null where that is −∞). */
  readonly gradientVariance: number;
  readonly logGradientVariance: number | null;
  /** √(E (∂ℓ/∂z_l)²·E a²_{l−1}) */
  readonly weightGradient: number;
  /** Of the pre-activations of a pair of inputs. */
  readonly correlation: number | null;
  /** E ‖∂a_l/∂x‖²/n = ∏_{k≤l} χ(q_k) */
  readonly jacobianMeanSquare: number;
}

/** The inputs as mean-field theory sees them. */
export interface PairOfInputs {
  /** E x² of a component. */
  readonly square: number;
  /** E xx′/E x². */
  readonly correlation: number;
}

/** The layers of a network of infinite width, from the input on; null once E z² leaves the range of numbers. */
export function networkTheory(field: MeanField, inputs: PairOfInputs, depth: number): readonly LayerTheory[] | null {
  const { weightVariance, biasVariance } = field;
  const steps: Step[] = [];
  let q = weightVariance * inputs.square + biasVariance;
  let correlation: number | null =
    q > 0 ? (weightVariance * inputs.square * inputs.correlation + biasVariance) / q : null;
  let incoming = inputs.square;
  for (let layer = 0; layer < depth; layer++) {
    if (!(q < 1e200)) return null;
    const outgoing = squareActivation(field, q);
    steps.push({
      ...{ q, correlation, incoming, outgoing },
      mean: withoutRounding(meanActivation(field, q), outgoing),
      slope: squareSlope(field, q),
      chi: chi(field, q),
    });
    // Identical inputs stay so; the map itself would leave 1 by its rounding.
    correlation = correlation === null || correlation === 1 ? correlation : correlationMap(field, q, correlation);
    incoming = outgoing;
    q = qMap(field, q);
  }
  return withGradients(steps);
}

/** The mean of an odd activation is 0, and a quadrature's to rounding. */
function withoutRounding(mean: number, square: number): number {
  return Math.abs(mean) < 1e-14 * Math.sqrt(square) ? 0 : mean;
}

interface Step {
  readonly q: number;
  readonly correlation: number | null;
  /** E a² before and after the layer. */
  readonly incoming: number;
  readonly outgoing: number;
  readonly mean: number;
  readonly slope: number;
  readonly chi: number;
}

/** Products over layers as sums of logarithms, so that long ones do not underflow on the way. */
function withGradients(steps: readonly Step[]): LayerTheory[] {
  const logs = steps.map((step) => log(step.chi));
  const sum = (from: number, to: number): number => logs.slice(from, to).reduce((total, value) => total + value, 0);
  return steps.map(({ q, correlation, incoming, outgoing, mean, slope, chi: gain }, layer) => {
    const behind = sum(layer + 1, steps.length);
    const gradientVariance = exp(behind);
    return {
      ...{ q, correlation, chi: gain, gradientVariance },
      meanActivation: mean,
      activationVariance: Math.max(0, outgoing - mean * mean),
      logGradientVariance: Number.isFinite(behind) ? behind : null,
      weightGradient: Math.sqrt(gradientVariance * slope * incoming),
      jacobianMeanSquare: exp(sum(0, layer + 1)),
    };
  });
}
