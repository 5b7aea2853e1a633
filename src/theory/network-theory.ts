import { exp, log } from '../numeric/elementary.ts';
import {
  activationElasticity,
  activationKurtosis,
  activationVariance,
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
  /** Of the activation: E a⁴/(E a²)², and d ln E a²/d ln q. */
  readonly kurtosis: number;
  readonly elasticity: number;
  /** χ(q_l) */
  readonly chi: number;
  /** E (∂ℓ/∂a_l)² = ∏_{k>l} χ(q_k), null where no double holds it, and its logarithm (null where that is −∞). */
  readonly gradientVariance: number | null;
  readonly logGradientVariance: number | null;
  /** √(E (∂ℓ/∂z_l)²·E a²_{l−1}) */
  readonly weightGradient: number | null;
  /** Of the pre-activations of a pair of inputs. */
  readonly correlation: number | null;
  /** E ‖∂a_l/∂x‖²/n = ∏_{k≤l} χ(q_k) */
  readonly jacobianMeanSquare: number | null;
}

/** The inputs as mean-field theory sees them. */
export interface PairOfInputs {
  /** E x² of a component. */
  readonly square: number;
  /** E xx′/E x². */
  readonly correlation: number;
}

/** q from which on squares leave the range of numbers. */
const LARGEST = 1e200;
/** Relative change of q, and change of a correlation, that is rounding. */
const SETTLED = 1e-14;

/**
 * The layers of a network of infinite width, from the input on: fewer than `depth` where E z² leaves the range of numbers, and
 * then without what comes back from the output.
 */
export function networkTheory(field: MeanField, inputs: PairOfInputs, depth: number): readonly LayerTheory[] {
  const { weightVariance, biasVariance } = field;
  const steps: Step[] = [];
  let q = weightVariance * inputs.square + biasVariance;
  let correlation: number | null =
    q > 0 ? (weightVariance * inputs.square * inputs.correlation + biasVariance) / q : null;
  let incoming = inputs.square;
  while (steps.length < depth && q < LARGEST) {
    const before = steps.at(-1);
    const step =
      before !== undefined && isSettled(before, q, correlation)
        ? { ...before, incoming }
        : stepAt(field, q, correlation, incoming);
    steps.push(step);
    correlation = step.correlationNext;
    incoming = step.outgoing;
    q = step.qNext;
  }
  return withGradients(steps, steps.length === depth);
}

/** Whether a layer is like the one before it, whose integrals then are its own. */
function isSettled(before: Step, q: number, correlation: number | null): boolean {
  const drift = correlation === null || before.correlation === null ? 0 : Math.abs(correlation - before.correlation);
  return Math.abs(q - before.q) <= SETTLED * q && drift <= SETTLED;
}

function stepAt(field: MeanField, q: number, correlation: number | null, incoming: number): Step {
  const outgoing = squareActivation(field, q);
  const mean = withoutRounding(meanActivation(field, q), outgoing);
  return {
    ...{ q, correlation, incoming, outgoing },
    mean,
    variance: activationVariance(field, q, mean),
    kurtosis: activationKurtosis(field, q),
    elasticity: activationElasticity(field, q),
    slope: squareSlope(field, q),
    chi: chi(field, q),
    qNext: qMap(field, q),
    // Identical inputs stay so; the map itself would leave 1 by its rounding.
    correlationNext: correlation === null || correlation === 1 ? correlation : correlationMap(field, q, correlation),
  };
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
  readonly variance: number;
  readonly kurtosis: number;
  readonly elasticity: number;
  readonly slope: number;
  readonly chi: number;
  readonly qNext: number;
  readonly correlationNext: number | null;
}

/**
 * Products over layers as sums of logarithms, so that long ones do not underflow on the way.
 *
 * @param complete whether the last layer is the output
 */
function withGradients(steps: readonly Step[], complete: boolean): LayerTheory[] {
  const logs = steps.map((step) => log(step.chi));
  const sum = (from: number, to: number): number => logs.slice(from, to).reduce((total, value) => total + value, 0);
  return steps.map(({ q, correlation, kurtosis, elasticity, incoming, mean, variance, slope, chi: gain }, layer) => {
    const behind = complete ? sum(layer + 1, steps.length) : Number.NaN;
    return {
      ...{ q, correlation, kurtosis, elasticity, chi: gain },
      meanActivation: mean,
      activationVariance: variance,
      gradientVariance: power(behind),
      logGradientVariance: Number.isFinite(behind) ? behind : null,
      weightGradient: power(0.5 * (behind + log(slope) + log(incoming))),
      jacobianMeanSquare: power(sum(0, layer + 1)),
    };
  });
}

/** e^x; null where it is a number, and no double. */
function power(x: number): number | null {
  if (x === Number.NEGATIVE_INFINITY) return 0;
  const value = exp(x);
  return value > 0 && value < Number.POSITIVE_INFINITY ? value : null;
}
