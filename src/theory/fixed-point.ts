import { log } from '../numeric/elementary.ts';
import { chi, correlationMap, LEAST_SPREAD, type MeanField, qMap } from './mean-field.ts';

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

/** The fixed point that q reaches from `start`; null where it grows without bound, or so slowly settles that none is found. */
export function fixedPoint(field: MeanField, start: number): FixedPoint | null {
  const map = (x: number): number => qMap(field, x);
  if (isUnbounded(map, start)) return null;
  const toZero = field.biasVariance === 0 && field.activation.value(0) === 0;
  const settled = settle(map, start);
  if (settled === null || !(settled.reached || toZero)) return null;
  const q = toZero && settled.x < NOTHING * start ? 0 : settled.x;
  const gain = chi(field, Math.max(q, LEAST_SPREAD * LEAST_SPREAD));
  const scale = gain > 0 ? 1 / Math.abs(log(gain)) : Number.NaN;
  return {
    q,
    chi: gain,
    depthScale: Number.isFinite(scale) && scale < 1e9 ? scale : null,
    correlation: q === 0 ? null : fixedCorrelation(field, q, gain),
  };
}

/** Far beyond every fixed point, the scale of activations being 1. */
const FAR = 1e30;
/** Relative rounding of a map's quadrature. */
const ROUNDING = 1e-12;

/**
 * Whether q grows for ever: it does from the start, and still does far out. Where χ = 1 it may grow by equal steps, which no
 * extrapolation ends.
 */
function isUnbounded(map: (x: number) => number, start: number): boolean {
  const far = FAR * Math.max(start, 1);
  return map(start) > start * (1 + ROUNDING) && map(far) >= far * (1 - 1e-9);
}

/** Iterates a map, with Aitken's extrapolation (1926) wherever its steps shrink; null where it explodes. */
function settle(map: (x: number) => number, start: number): { readonly x: number; readonly reached: boolean } | null {
  let x = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = map(x);
    if (!(next < EXPLODED)) return null;
    if (next < VANISHED) return { x: 0, reached: true };
    const first = next - x;
    if (Math.abs(first) <= SETTLED * next) return { x: next, reached: true };
    const further = map(next);
    const second = further - next;
    const limit = x - (first * first) / (second - first);
    x = Math.abs(second) < Math.abs(first) && limit >= 0 && limit < EXPLODED ? limit : further;
  }
  return { x, reached: false };
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
