import type { Activation } from '../model/activations.ts';
import { log } from '../numeric/elementary.ts';
import { gaussianExpectation, gaussianRule } from './gaussian.ts';

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
const LEAST_SPREAD = 1e-100;

/** E f(τu), u ~ N(0, 1). */
function expectation(f: (u: number) => number, tau: number): number {
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
    gaussianExpectation(value, mean, own, gaussianRule(smooth ? 0 : -mean / own, own));
  if (common === 0) return square(inner(0));
  const outer = gaussianRule(0, spread / Math.max(own, 1e-6));
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

/** Where depth leads. */
export interface FixedPoint {
  /** q* = E z² far from the input. */
  readonly q: number;
  readonly chi: number;
  /** 1/|ln χ| layers, over which a gradient changes by a factor e (Schoenholz et al. 2017, eq. 9); null where χ is 0 or 1. */
  readonly depthScale: number | null;
  /** c*, the correlation that two inputs end with: 1 in the ordered phase χ ≤ 1; null where q* is 0 and there is none. */
  readonly correlation: number | null;
}

const MOST_STEPS = 20_000;
const SETTLED = 1e-14;
const VANISHED = 1e-200;
const EXPLODED = 1e200;

/** A share of its start below which q has gone to 0: at χ = 1 it falls like 1/l, and rounding stops the iteration on its way. */
const NOTHING = 1e-8;

/** The fixed point that q reaches from `start`; null where it grows without bound. */
export function fixedPoint(field: MeanField, start: number): FixedPoint | null {
  const settled = settle((x) => qMap(field, x), start);
  if (settled === null) return null;
  const toZero = field.biasVariance === 0 && field.activation.value(0) === 0;
  const q = toZero && settled < NOTHING * start ? 0 : settled;
  const gain = chi(field, Math.max(q, LEAST_SPREAD * LEAST_SPREAD));
  const scale = gain > 0 ? 1 / Math.abs(log(gain)) : Number.NaN;
  return {
    q,
    chi: gain,
    depthScale: Number.isFinite(scale) && scale < 1e9 ? scale : null,
    correlation: q === 0 ? null : fixedCorrelation(field, q, gain),
  };
}

/** Iterates a map, with Aitken's extrapolation (1926) wherever its steps shrink. */
function settle(map: (x: number) => number, start: number): number | null {
  let x = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = map(x);
    if (!(next < EXPLODED)) return null;
    if (next < VANISHED) return 0;
    const first = next - x;
    if (Math.abs(first) <= SETTLED * next) return next;
    const further = map(next);
    const second = further - next;
    const limit = x - (first * first) / (second - first);
    x = Math.abs(second) < Math.abs(first) && limit >= 0 && limit < EXPLODED ? limit : further;
  }
  return x;
}

const MARGIN = 1e-9;
const MOST_HALVINGS = 60;

/**
 * The stable fixed point of the correlation map at q*. It is convex on [0, 1], so that above χ = 1 there is one root below 1, and
 * otherwise none (Poole et al. 2016, §3).
 */
function fixedCorrelation(field: MeanField, q: number, gain: number): number | null {
  if (gain <= 1 + MARGIN) return 1;
  const excess = (c: number): number => c - (correlationMap(field, q, c) ?? Number.NaN);
  const top = 1 - 1e-6;
  let [low, high] = [0, top];
  let [below, above] = [excess(0), excess(top)];
  if (Math.abs(below) < 1e-12) return 0;
  if (!(above > 0)) return 1;
  // The secant of the bracket, halving the weight of an end that stays (the Illinois rule).
  for (let step = 0; step < MOST_HALVINGS && high - low > 1e-13; step++) {
    const c = (low * above - high * below) / (above - below);
    const value = excess(c);
    if (Math.abs(value) < 1e-13) return c;
    if (value < 0) {
      [low, below] = [c, value];
      above /= 2;
    } else {
      [high, above] = [c, value];
      below /= 2;
    }
  }
  return 0.5 * (low + high);
}

/** A gain at which gradients neither grow nor vanish with depth. */
export interface Critical {
  /** G = β·σ_w; without bias nothing else counts. */
  readonly gain: number;
  /** τ² = β²·q* there. */
  readonly spreadSquare: number;
}

const LEAST_TAU = 1e-3;
const LARGEST_TAU = 1e4;
/** τ grows by 1/GRID from one step to the next in which a crossing is looked for. */
const GRID = 8;

/**
 * The least gain with χ(q*) = 1, without bias. Any spread τ is a fixed point of one gain, G² = τ²/E g(τu)², and its χ is
 * τ²·E g′(τu)²/E g(τu)²; where that is 1 throughout or in the limit τ → 0 (g(0) = 0), the gain is 1/√(E g′²) there. Null when
 * χ never is 1.
 */
export function criticalGain(activation: Nonlinearity): Critical | null {
  const of = (f: (u: number) => number, tau: number): number => expectation((u) => square(f(u)), tau);
  const gainAt = (tau: number): number => tau / Math.sqrt(of(activation.value, tau));
  const excess = (tau: number): number => square(gainAt(tau)) * of(activation.derivative, tau) - 1;
  if (activation.value(0) === 0) {
    const slope = of(activation.derivative, LEAST_SPREAD);
    return slope > 0 ? { gain: 1 / Math.sqrt(slope), spreadSquare: 0 } : null;
  }
  const ratio = 1 + 1 / GRID;
  for (let low = LEAST_TAU; low < LARGEST_TAU; low *= ratio) {
    if (excess(low) * excess(low * ratio) > 0) continue;
    const tau = bisect(excess, low, low * ratio);
    return { gain: gainAt(tau), spreadSquare: tau * tau };
  }
  return null;
}

function bisect(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const start = f(low) > 0;
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    if (f(middle) > 0 === start) low = middle;
    else high = middle;
  }
}
