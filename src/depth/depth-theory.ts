import type { Activation } from '../model/activations.ts';
import type { Input } from '../model/inputs.ts';
import { normalCdf } from '../numeric/special.ts';
import { gaussianLimit } from '../theory/exact.ts';
import { type FixedPoint, fixedPoint } from '../theory/fixed-point.ts';
import type { MeanField } from '../theory/mean-field.ts';
import { type LayerTheory, networkTheory } from '../theory/network-theory.ts';
import type { DepthCell, DepthPlan } from './depth-plan.ts';
import type { LayerStatistic } from './layer-columns.ts';
import { partsOf } from './network-job.ts';

/** What is known of a cell before it is simulated. */
export interface DepthTheory {
  /** `exact` for weights that are all zero, without bias; else the limit of infinite width, but for a few statistics (`derive-layers.ts`). */
  readonly kind: 'exact' | 'gaussian';
  /** By layer; null where z tends to no Gaussian. */
  readonly layers: readonly Readonly<Partial<Record<LayerStatistic, number | null>>>[] | null;
  readonly limit: FixedPoint | null;
}

/** σ_w² = n·E w²: of weights of mean 0, n·Var w. */
export function weightSquare(plan: DepthPlan, cell: DepthCell): number {
  const { width, initializer } = partsOf(plan, cell);
  const scale = initializer.scale(width, width);
  return width * scale * scale * (initializer.shape.moments[2] as number);
}

export function depthTheory(plan: DepthPlan, cell: DepthCell): DepthTheory {
  const { input, initializer, activation, beta } = partsOf(plan, cell);
  const { biasStd, correlation, depth, jacobian, saturation } = plan.spec;
  const { shape } = initializer;
  const kind = shape.kind === 'zero' && biasStd === 0 ? 'exact' : 'gaussian';
  const square = input.moments[2] as number;
  // Constant weights give all units of a layer one pre-activation; inputs whose norm stays random give each its own variance.
  const gaussian = shape.kind === 'zero' || (shape.kind !== 'constant' && gaussianLimit(shape, input));
  if (!gaussian || !Number.isFinite(square)) return { kind, layers: null, limit: null };
  const field = {
    ...{ activation, beta },
    weightVariance: weightSquare(plan, cell),
    biasVariance: biasStd * biasStd,
  };
  const layers = networkTheory(field, { square, correlation: pairCorrelation(input, correlation) }, depth);
  const start = field.weightVariance * square + field.biasVariance;
  return {
    kind,
    layers:
      layers?.map((layer, l) => statistics(layer, field, activation, saturation, jacobian && l === depth - 1)) ?? null,
    limit: limitOf(field, start),
  };
}

const limits = new WeakMap<MeanField['activation'], Map<string, FixedPoint | null>>();

/** Cells of different widths mostly share their limit, and it takes the longest. */
function limitOf(field: MeanField, start: number): FixedPoint | null {
  const known = limits.get(field.activation) ?? new Map<string, FixedPoint | null>();
  limits.set(field.activation, known);
  const key = [field.beta, field.weightVariance, field.biasVariance, start].join(' ');
  const limit = known.has(key) ? (known.get(key) ?? null) : fixedPoint(field, start);
  known.set(key, limit);
  return limit;
}

/** E xx′/E x² of x′ = c·x + √(1 − c²)·x″; the config allows c ≠ 0 for inputs of mean 0 alone. */
function pairCorrelation({ moments }: Input, correlation: number): number {
  const mean = moments[1] as number;
  return correlation + (Math.sqrt(1 - correlation * correlation) * mean * mean) / (moments[2] as number);
}

function statistics(
  layer: LayerTheory,
  field: MeanField,
  activation: Activation,
  saturation: number,
  withJacobian: boolean,
): Readonly<Partial<Record<LayerStatistic, number | null>>> {
  return {
    z_var: layer.q,
    a_mean: layer.meanActivation,
    a_var: layer.activationVariance,
    saturated: saturatedShare(activation, saturation, field.beta * Math.sqrt(layer.q)),
    chi: layer.chi,
    grad_var: layer.gradientVariance === 0 && layer.logGradientVariance !== null ? null : layer.gradientVariance,
    grad_log_var: layer.logGradientVariance,
    weight_grad_rms: layer.weightGradient,
    correlation: layer.correlation,
    ...(withJacobian ? { jac_mean_sq: layer.jacobianMeanSquare } : {}),
  };
}

/** P(|g′(τu)| < ε·max|g′|), u ~ N(0, 1). */
function saturatedShare(activation: Activation, epsilon: number, tau: number): number {
  if (tau === 0) return Math.abs(activation.derivative(0)) < epsilon * activation.maxDerivative ? 1 : 0;
  return activation
    .saturation(epsilon)
    .reduce((share, [from, to]) => share + Math.max(0, normalCdf(to / tau) - normalCdf(from / tau)), 0);
}
