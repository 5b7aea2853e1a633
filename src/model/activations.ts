import { ACTIVATIONS, type ActivationKind } from './activations/catalogue.ts';
import { saturationSet } from './activations/saturation.ts';
import { completeParameters, labelOf } from './parameters.ts';
import { getEntry } from './registry.ts';
import type { ModelSpec } from './spec.ts';

export { ACTIVATIONS, type ActivationKind } from './activations/catalogue.ts';

/** Number by which a kernel knows an activation: its index here. */
export const ACTIVATION_CODES = [
  'identity',
  'logistic',
  'tanh',
  'relu',
  'leaky_relu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'erf',
] as const;

/** An activation g(u) with its parameter filled in. */
export interface Activation {
  readonly label: string;
  readonly kind: string;
  /** Index into {@link ACTIVATION_CODES}. */
  readonly code: number;
  /** The one parameter (slope, alpha), or 0. */
  readonly param: number;
  value(u: number): number;
  derivative(u: number): number;
  /** max |g′| */
  readonly maxDerivative: number;
  /**
   * Where |g′(u)| < ε·max|g′|, for 1e-9 ≤ ε ≤ 1: disjoint ascending intervals [from, to], ±Infinity at the ends. An end
   * belongs to its interval where the inequality holds there (u = 0 of relu does).
   */
  saturation(epsilon: number): readonly (readonly [number, number])[];
  /** Where g or g′ jumps. */
  readonly kinks: readonly number[];
}

/** @throws Error on a name that is not registered (the config has checked it) */
export function resolveActivation(spec: ModelSpec): Activation {
  const entry: ActivationKind = getEntry(ACTIVATIONS, spec.kind, 'activation');
  const params = completeParameters(entry.parameters, spec.params);
  const name = entry.parameters[0]?.name;
  const param = name === undefined ? 0 : (params[name] as number);
  const derivative = (u: number): number => entry.derivative(u, param);
  const maxDerivative = entry.maxDerivative(param);
  return {
    label: labelOf(entry.name, entry.parameters, params),
    kind: entry.name,
    code: (ACTIVATION_CODES as readonly string[]).indexOf(entry.name),
    param,
    value: (u) => entry.value(u, param),
    derivative,
    maxDerivative,
    saturation: (epsilon) => saturationSet(derivative, epsilon * maxDerivative, entry.landmarks),
    kinks: entry.kinks,
  };
}
