import { log } from '../numeric/elementary.ts';
import { chi, correlationMap, LEAST_SPREAD, type MeanField, qMap } from './mean-field.ts';

/** Where depth leads. */
export interface FixedPoint {
  /** q* = E z² far from the input. */
  readonly q: number;
  readonly chi: number;
  /** 1/|ln χ| layers, over which a gradient changes by a factor e (Schoenholz et al. 2017, eq. 9); null where χ is 0 or 1. */
  readonly depthScale: number | null;
  /** c*, the correlation that two inputs end with: 1 in the ordered phase χ ≤ 1; null where there is none, q* being 0, or where all are (a linear g at χ = 1). */
  readonly correlation: number | null;
}

/** A share of its start below which q has gone to 0: at χ = 1 it falls like 1/l, for ever. */
const NOTHING = 1e-8;

/** The fixed point that q reaches from `start`; null where it grows without bound. */
export function fixedPoint(field: MeanField, start: number): FixedPoint | null {
  const q = limitOf((x) => qMap(field, x), start);
  if (q === null) return null;
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
/** Squares of what is larger leave the range of numbers. */
const EXPLODED = 1e200;
/** Relative rounding of a map's quadrature. */
const ROUNDING = 1e-12;
/** Relative growth that is none: at χ = 1 q may grow by equal steps for ever, which far out are smaller than any share of it. */
const STANDSTILL = 1e-9;
/** Of the places where the map is looked at; two fixed points closer than that are passed over. */
const RATIO = 1.2;

/**
 * Where the iteration of a map ends; null where it grows without bound. The map of q increases, so that the iteration is monotonic and
 * ends at the first fixed point on its way.
 */
function limitOf(map: (x: number) => number, start: number): number | null {
  const growth = (x: number): number => map(x) - x;
  const first = growth(start);
  if (Math.abs(first) <= ROUNDING * start) return start;
  return first > 0 ? above(map, growth, start) : below(map, growth, start);
}

function above(map: (x: number) => number, growth: (x: number) => number, start: number): number | null {
  const far = Math.min(FAR * Math.max(start, 1), EXPLODED);
  let low = start;
  for (let x = Math.max(RATIO * start, map(0)); x <= far; x *= RATIO) {
    const value = growth(x);
    if (value > 0) low = x;
    if (value < -STANDSTILL * x) return root(growth, low, x);
  }
  return null;
}

function below(map: (x: number) => number, growth: (x: number) => number, start: number): number {
  const least = map(0) === 0 ? NOTHING * start : 0;
  let high = start;
  while (high > least) {
    const x = high / RATIO;
    if (growth(x) >= 0) return root(growth, x, high);
    high = x;
  }
  return 0;
}

const MOST_STEPS = 60;
/** Relative accuracy of a root. */
const SETTLED = 1e-14;

/** A root of f between two places where its signs differ: secants, halving the weight of an end that stays (the Illinois rule). */
function root(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [atLow, atHigh] = [f(low), f(high)];
  for (let step = 0; step < MOST_STEPS && high - low > SETTLED * high; step++) {
    const x = (low * atHigh - high * atLow) / (atHigh - atLow);
    const value = f(x);
    if (Math.abs(value) <= SETTLED * high) return x;
    if (value < 0 === atLow < 0) {
      [low, atLow] = [x, value];
      atHigh /= 2;
    } else {
      [high, atHigh] = [x, value];
      atLow /= 2;
    }
  }
  return 0.5 * (low + high);
}

const MARGIN = 1e-9;

/**
 * The stable fixed point of the correlation map at q*. It is convex on [0, 1], so that above χ = 1 there is one root below 1, and
 * otherwise none (Poole et al. 2016, §3).
 */
function fixedCorrelation(field: MeanField, q: number, gain: number): number | null {
  const excess = (c: number): number => c - (correlationMap(field, q, c) ?? Number.NaN);
  if (gain <= 1 + MARGIN) return Math.abs(excess(0.5)) < 1e-12 ? null : 1;
  const top = 1 - 1e-6;
  if (Math.abs(excess(0)) < 1e-12) return 0;
  return excess(top) > 0 ? root(excess, 0, top) : 1;
}
