// A bin's values as weighted points: two atoms at m ± √v, exact for every quadratic, or where asked for the points of a longer Gauss–Legendre
// rule for the uniform law with that mean and variance (of which the two atoms are the shortest); near `centre`, where an activation can be
// steep or have a kink though the bins are wide, as many points as it takes under the linear density of the bin's mean.

import { ulp } from './bins';
import { R_BINS, R_COUNT, R_LISTS } from './layout';

const LOW_BITS = 19;
const HALF: u32 = 1 << 18;
const WIDTH: f64 = 524288;
/** Variance of r up to which a bin is one point, as in src/stats/histogram.ts. */
export const POINT: f64 = 64 * 64;

/** Bins closer to the centre than this many of their widths are cut into pieces. */
const NEAR: f64 = 16;
/** The piece at the centre itself is this share of a bin's width; from there each is √2 times as far out as the one before. */
const FINEST: f64 = 1.0 / 1048576;
const STEP: f64 = 1.4142135623730951;
/** Gauss–Legendre nodes of order three lie at 0 and ±√(3/5) of half a piece, with weights 5/18, 8/18, 5/18. */
const NODE: f64 = 0.7745966692414834;

// Where the next point goes.
let points: usize = 0;
let weights: usize = 0;

export function openAtoms(pointsAt: usize, weightsAt: usize): void {
  points = pointsAt;
  weights = weightsAt;
}

/** Number of points so far, after padding to an even number of them with one of weight 0. */
export function closeAtoms(pointsAt: usize): i32 {
  if (((points - pointsAt) & 8) != 0) put(0, 0);
  return <i32>((points - pointsAt) >> 3);
}

// Nodes on [−1, 1] and weights of sum 1 of the longer rule; none: two atoms.
let rule: usize = 0;
let order: usize = 0;
const ROOT3: f64 = 1.7320508075688772;

/** Makes bins `length` points from now on; 0: two atoms again. */
export function useRule(at: usize, length: i32): void {
  rule = at;
  order = <usize>length;
}

// @ts-ignore: decorator
@inline
function put(point: f64, weight: f64): void {
  store<f64>(points, point);
  store<f64>(weights, weight);
  points += 8;
  weights += 8;
}

/** Three points for x in [a, b], widths from the middle of the bin, under the density 1 + 12δx. */
function piece(a: f64, b: f64, delta: f64, middle: f64, width: f64, share: f64): void {
  const half = 0.5 * (b - a);
  const mid = 0.5 * (a + b);
  for (let i = -1; i <= 1; i++) {
    const x = mid + <f64>i * NODE * half;
    const weight: f64 = i == 0 ? 8.0 / 18 : 5.0 / 18;
    put(middle + x * width, share * 2 * half * weight * (1 + 12 * delta * x));
  }
}

/** Pieces of the bin at distances [from, to] from c on one side (`sign`), in widths. */
function side(c: f64, from: f64, to: f64, sign: f64, delta: f64, middle: f64, width: f64, share: f64): void {
  let near = from;
  while (near < to) {
    const far = min<f64>(to, max<f64>(FINEST, near * STEP));
    const a = c + sign * near;
    const b = c + sign * far;
    piece(min<f64>(a, b), max<f64>(a, b), delta, middle, width, share);
    near = far;
  }
}

/** Points of one bin: `share` of all values, mean and variance of r in units of the last place, growing with |z|. */
export function addBin(key: u32, negative: bool, unit: f64, mean: f64, variance: f64, share: f64, centre: f64): void {
  const sign: f64 = negative ? -1 : 1;
  const middle = sign * <f64>reinterpret<f32>((key << LOW_BITS) | HALF);
  const width = WIDTH * unit;
  // Not a number: no centre.
  const c = (centre - middle) / width;
  if (variance > POINT && abs<f64>(c) < NEAR) {
    const delta = max<f64>(-1.0 / 6, min<f64>(1.0 / 6, (sign * mean) / WIDTH));
    if (c < 0.5) side(c, max<f64>(0, -0.5 - c), 0.5 - c, 1, delta, middle, width, share);
    if (c > -0.5) side(c, max<f64>(0, c - 0.5), c + 0.5, -1, delta, middle, width, share);
    return;
  }
  const m = middle + sign * unit * mean;
  const spread = unit * sqrt<f64>(variance);
  if (order > 0 && variance > POINT) {
    for (let i: usize = 0; i < order << 3; i += 8)
      put(m + ROOT3 * spread * load<f64>(rule + i), share * load<f64>(rule + (order << 3) + i));
    return;
  }
  put(m - spread, 0.5 * share);
  put(m + spread, 0.5 * share);
}

/** The points of one block's record. Returns their number, even; the weights sum to 1. */
export function recordAtoms(record: usize, centre: f64, pointsAt: usize, weightsAt: usize): i32 {
  const n = <usize>load<u32>(record, R_BINS);
  const sums = record + R_LISTS;
  const squares = sums + (n << 3);
  const counts = squares + (n << 3);
  const bins = counts + (n << 2);
  const total = <f64>load<u32>(record, R_COUNT);
  openAtoms(pointsAt, weightsAt);
  for (let i: usize = 0; i < n; i++) {
    const bin = <i32>load<i16>(bins + (i << 1));
    const key = <u32>(bin < 0 ? -1 - bin : bin);
    const c = <f64>load<u32>(counts + (i << 2));
    const mean = <f64>load<i64>(sums + (i << 3)) / c;
    const variance = max<f64>(0, <f64>load<u64>(squares + (i << 3)) / c - mean * mean);
    const unit = ulp(key);
    addBin(key, bin < 0, unit, mean, variance, c / total, centre);
  }
  return closeAtoms(pointsAt);
}
