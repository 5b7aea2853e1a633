import type { Activation } from '../model/activations.ts';
import { gaussianExpectation, gaussianRule, STEEP } from './gaussian.ts';

/** What mean-field theory needs of an activation g. */
export type Nonlinearity = Pick<Activation, 'value' | 'derivative' | 'kinks'>;

/** Networks of infinite width (Poole et al. 2016; Schoenholz et al. 2017): pre-activations are Gaussian, g(β·z) acts on them. */
export interface MeanField {
  readonly activation: Nonlinearity;
  readonly beta: number;
  /** σ_w² = n·E w². */
  readonly weightVariance: number;
  /** σ_b². */
  readonly biasVariance: number;
}

/** Stands for a spread on its way to 0, where the square of a derivative with a kink is the mean over its two sides. */
export const LEAST_SPREAD = 1e-100;

/** E f(τu), u ~ N(0, 1). */
export function expectation(f: (u: number) => number, tau: number): number {
  return tau === 0 ? f(0) : gaussianExpectation(f, 0, tau, gaussianRule(0, tau));
}

const square = (x: number): number => x * x;
const spreadOf = ({ beta }: MeanField, q: number): number => beta * Math.sqrt(q);

/** E g(β√q·u). */
export function meanActivation(field: MeanField, q: number): number {
  return expectation(field.activation.value, spreadOf(field, q));
}

/** E g(β√q·u)². */
export function squareActivation(field: MeanField, q: number): number {
  return expectation((u) => square(field.activation.value(u)), spreadOf(field, q));
}

/** Var g(β√q·u), given its mean: E a² − (E a)² would cancel where a hardly varies. */
export function activationVariance(field: MeanField, q: number, mean: number): number {
  return expectation((u) => square(field.activation.value(u) - mean), spreadOf(field, q));
}

/** E a⁴/(E a²)² of a = g(β√q·u); 1 where a is 0. */
export function activationKurtosis(field: MeanField, q: number): number {
  const size = Math.sqrt(squareActivation(field, q));
  if (size === 0) return 1;
  return expectation((u) => square(square(field.activation.value(u) / size)), spreadOf(field, q));
}

/** d ln E a²/d ln q = E u·g(u)·g′(u)/E g(u)², u ~ N(0, β²q): by how many percent E a² changes when q does by one. */
export function activationElasticity(field: MeanField, q: number): number {
  const { value, derivative } = field.activation;
  const size = Math.sqrt(squareActivation(field, q));
  if (size === 0) return 0;
  return expectation((u) => (value(u) / size) * ((u / size) * derivative(u)), spreadOf(field, q));
}

/** E (β·g′(β√q·u))². */
export function squareSlope(field: MeanField, q: number): number {
  return square(field.beta) * expectation((u) => square(field.activation.derivative(u)), spreadOf(field, q));
}

/** q_{l+1} = σ_w²·E g(β√q_l·u)² + σ_b² (Poole et al. 2016, eq. 3): E z² of the next layer. */
export function qMap(field: MeanField, q: number): number {
  return field.weightVariance * squareActivation(field, q) + field.biasVariance;
}

/** χ(q) = σ_w²·E (β·g′(β√q·u))² (Poole et al. 2016, eq. 6): what a gradient's variance is multiplied by, a layer back. */
export function chi(field: MeanField, q: number): number {
  return field.weightVariance * squareSlope(field, q);
}

/**
 * E g(β·z)·g(β·z′) of a Gaussian pair of variance q and correlation c.
 *
 * With a common factor s, z = √(qc)·s + √(q(1 − c))·u, and z′ the same with its own u (of the other sign in s where c < 0), the
 * pair is independent given s: two nested integrals of one variable each, exact at kinks as well.
 */
export function productActivation(field: MeanField, q: number, c: number): number {
  const { value, kinks } = field.activation;
  const spread = Math.max(spreadOf(field, q), LEAST_SPREAD);
  const common = spread * Math.sqrt(Math.abs(c));
  const own = spread * Math.sqrt(1 - Math.abs(c));
  if (own === 0) return expectation((u) => value(u) * value(Math.sign(c) * u), spread);
  const smooth = kinks.length === 0 && own < 1;
  const inner = (mean: number): number =>
    gaussianExpectation(value, mean, own, gaussianRule(smooth ? 0 : -mean / own, Math.min(own, STEEP)));
  if (common === 0) return square(inner(0));
  const outer = gaussianRule(0, Math.min(spread / Math.max(own, 1e-6), STEEP));
  let sum = 0;
  for (let i = 0; i < outer.nodes.length; i++) {
    const mean = common * (outer.nodes[i] as number);
    const first = inner(mean);
    sum += (outer.weights[i] as number) * first * (c > 0 ? first : inner(-mean));
  }
  return sum;
}

/** The correlation map c_{l+1} = (σ_w²·E g·g′ + σ_b²)/q_{l+1} (Poole et al. 2016, eq. 5); null where q_{l+1} is 0. */
export function correlationMap(field: MeanField, q: number, c: number): number | null {
  const next = qMap(field, q);
  if (!(next > 0)) return null;
  const value = (field.weightVariance * productActivation(field, q, c) + field.biasVariance) / next;
  return Math.max(-1, Math.min(1, value));
}
