import type { Activation } from '../model/activations.ts';
import type { Input } from '../model/inputs.ts';
import { normalMass } from '../numeric/special.ts';
import { gaussianLimit } from '../theory/exact.ts';
import { type FixedPoint, fixedPoint } from '../theory/fixed-point.ts';
import type { MeanField } from '../theory/mean-field.ts';
import { zMoments } from '../theory/moments.ts';
import { type LayerTheory, networkTheory, type PairOfInputs } from '../theory/network-theory.ts';
import type { DepthCell, DepthPlan } from './depth-plan.ts';
import type { LayerStatistic } from './layer-columns.ts';
import { type FirstSquares, firstLogVariance, firstSquares, type LogVariance, logVariances } from './log-variances.ts';
import { partsOf } from './network-job.ts';

/** What is known of a cell before it is simulated. */
export interface DepthTheory {
  /** All weights are 0, and so are the biases: whatever is known is exact. Else it is but for a few statistics (`derive-layers.ts`) the limit of infinite width. */
  readonly zeroWeights: boolean;
  /** By layer; null, or nothing, where there is no theory. */
  readonly layers: readonly Readonly<Partial<Record<LayerStatistic, number | null>>>[];
  /** Of z in the first layer; null where unknown. */
  readonly firstSquares: FirstSquares | null;
  /** By layer. */
  readonly logVariances: readonly LogVariance[];
  readonly limit: FixedPoint | null;
}

/** σ_w² = n·E w²: of weights of mean 0, n·Var w. */
export function weightSquare(plan: DepthPlan, cell: DepthCell): number {
  const { width, initializer } = partsOf(plan, cell);
  const scale = initializer.scale(width, width);
  return width * scale * scale * (initializer.shape.moments[2] as number);
}

export function depthTheory(plan: DepthPlan, cell: DepthCell): DepthTheory {
  const { width, input, initializer, activation, beta } = partsOf(plan, cell);
  const { biasStd, batch, depth, jacobian, saturation } = plan.spec;
  const { shape } = initializer;
  const field = {
    ...{ activation, beta },
    weightVariance: weightSquare(plan, cell),
    biasVariance: biasStd * biasStd,
  };
  const limit = hasLimit(plan, cell) ? limitOf(field, pairOf(plan, input), depth) : { layers: [], fixed: null };
  const scale = initializer.scale(width, width);
  const variance = scale * scale * zMoments(shape, input, width).variance + field.biasVariance;
  const first = firstSquares({ shape, input, scale }, width, plan.spec);
  const exact = { first: Number.isFinite(variance) ? variance : null, last: 1 };
  return {
    zeroWeights: shape.kind === 'zero' && biasStd === 0,
    layers: Array.from({ length: depth }, (_, l) => ({
      ...statistics(limit.layers[l], field, activation, saturation, jacobian && l === depth - 1),
      // E z₁² by the moments of the inputs, and the gradient that is drawn at the output: whatever the width.
      ...(l === 0 ? { z_var: exact.first } : {}),
      ...(l === depth - 1 ? { grad_var: exact.last } : {}),
    })),
    firstSquares: first,
    logVariances: logVariances(first && firstLogVariance(first, width * batch), limit.layers, field, {
      ...{ width, depth },
      orthogonal: shape.kind === 'orthogonal',
    }),
    limit: limit.fixed,
  };
}

/** Constant weights give all units of a layer one pre-activation; inputs whose norm stays random give each its own variance. */
function hasLimit(plan: DepthPlan, cell: DepthCell): boolean {
  const { input, initializer } = partsOf(plan, cell);
  const { shape } = initializer;
  const gaussian = shape.kind === 'zero' || (shape.kind !== 'constant' && gaussianLimit(shape, input));
  return gaussian && Number.isFinite(input.moments[2]);
}

interface Limit {
  readonly layers: readonly LayerTheory[];
  readonly fixed: FixedPoint | null;
}

const limits = new WeakMap<MeanField['activation'], Map<string, Limit>>();

/** Cells of different widths mostly share their limit, and it takes long. */
function limitOf(field: MeanField, inputs: PairOfInputs, depth: number): Limit {
  const known = limits.get(field.activation) ?? new Map<string, Limit>();
  limits.set(field.activation, known);
  const { beta, weightVariance, biasVariance } = field;
  const key = [beta, weightVariance, biasVariance, inputs.square, inputs.correlation, depth].join(' ');
  const limit = known.get(key) ?? {
    layers: networkTheory(field, inputs, depth),
    fixed: fixedPoint(field, weightVariance * inputs.square + biasVariance),
  };
  known.set(key, limit);
  return limit;
}

function pairOf(plan: DepthPlan, input: Input): PairOfInputs {
  return { square: input.moments[2] as number, correlation: pairCorrelation(input, plan.spec.correlation) };
}

/** E xx′/E x² of x′ = c·x + √(1 − c²)·x″; the config allows c ≠ 0 for inputs of mean 0 alone. */
function pairCorrelation({ moments }: Input, correlation: number): number {
  const mean = moments[1] as number;
  return correlation + (Math.sqrt(1 - correlation * correlation) * mean * mean) / (moments[2] as number);
}

function statistics(
  layer: LayerTheory | undefined,
  field: MeanField,
  activation: Activation,
  saturation: number,
  withJacobian: boolean,
): Readonly<Partial<Record<LayerStatistic, number | null>>> {
  if (layer === undefined) return {};
  return {
    z_var: layer.q,
    a_mean: layer.meanActivation,
    a_var: layer.activationVariance,
    saturated: saturatedShare(activation, saturation, field.beta * Math.sqrt(layer.q)),
    chi: layer.chi,
    grad_var: layer.gradientVariance,
    grad_log_var: layer.logGradientVariance,
    weight_grad_rms: layer.weightGradient,
    correlation: layer.correlation,
    ...(withJacobian ? { jac_mean_sq: layer.jacobianMeanSquare } : {}),
  };
}

/** P(|g′(τu)| < ε·max|g′|), u ~ N(0, 1). */
function saturatedShare(activation: Activation, epsilon: number, tau: number): number {
  if (tau === 0) return Math.abs(activation.derivative(0)) < epsilon * activation.maxDerivative ? 1 : 0;
  return activation.saturation(epsilon).reduce((share, [from, to]) => share + normalMass(from / tau, to / tau), 0);
}
