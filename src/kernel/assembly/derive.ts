// Activation statistics of many cells from one merged tally: values from the atoms in double precision, block values (for the
// jackknife) as one single-precision product of node weights and functions centred on the estimate.

import { evaluate } from './activations';
import { recordAtoms } from './atoms';
import { STRIP } from './layout';
import { product } from './product';

// A cell as it is asked for, and its answer.
const CELL_BYTES: usize = 32; // i32 code, f64 param at 8, factor at 16, offset at 24
const ANSWER_BYTES: usize = 64; // f64: E g, Var g, E g′, E g′², then their standard errors
/** Cells in one product: four functions of each make its 64 columns. */
const BATCH: i32 = 16;
const PANEL: usize = 16 * STRIP;

// @ts-ignore: decorator
@inline
function fold(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** E g, Var g, E g′, E g′² over `n` weighted points (n even; the weights sum to 1). Var in two passes. */
export function moments(cell: usize, points: usize, weights: usize, n: i32, g: usize, d: usize, out: usize): void {
  evaluate(load<i32>(cell), load<f64>(cell, 8), load<f64>(cell, 16), load<f64>(cell, 24), points, n, g, d);
  const bytes = <usize>n << 3;
  let mean = f64x2.splat(0);
  let slope = mean;
  let square = mean;
  for (let i: usize = 0; i < bytes; i += 16) {
    const w = v128.load(weights + i);
    const s = v128.load(d + i);
    const ws = f64x2.mul(w, s);
    mean = f64x2.add(mean, f64x2.mul(w, v128.load(g + i)));
    slope = f64x2.add(slope, ws);
    square = f64x2.add(square, f64x2.mul(ws, s));
  }
  const centre = fold(mean);
  const at = f64x2.splat(centre);
  let spread = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const e = f64x2.sub(v128.load(g + i), at);
    spread = f64x2.add(spread, f64x2.mul(v128.load(weights + i), f64x2.mul(e, e)));
  }
  store<f64>(out, centre);
  store<f64>(out, fold(spread), 8);
  store<f64>(out, fold(slope), 16);
  store<f64>(out, fold(square), 24);
}

/** The power of two at or below x ≥ 0, as far as it has an inverse. */
// @ts-ignore: decorator
@inline
function powerBelow(x: f64): f64 {
  const exponent = min<u64>(max<u64>(reinterpret<u64>(x) >> 52, 1), 2045);
  return reinterpret<f64>(exponent << 52);
}

/**
 * Leaves in the places of the errors the units of g − ĝ (its square goes by the square), g′ − d̂ and g′² − q̂: singles end at 1e-38,
 * which the slope of a saturated activation is far below. Powers of two round nothing.
 */
function units(answer: usize, g: usize, d: usize, n: i32): void {
  const mean = load<f64>(answer);
  const slope = load<f64>(answer, 16);
  const square = load<f64>(answer, 24);
  let a: f64 = 0;
  let b: f64 = 0;
  let c: f64 = 0;
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const s = load<f64>(d + i);
    a = max<f64>(a, abs<f64>(load<f64>(g + i) - mean));
    b = max<f64>(b, abs<f64>(s - slope));
    c = max<f64>(c, abs<f64>(s * s - square));
  }
  store<f64>(answer, powerBelow(a), 32);
  store<f64>(answer, powerBelow(b), 48);
  store<f64>(answer, powerBelow(c), 56);
}

/** A spread below this share of the size is rounding. */
export const NO_SPREAD: f64 = 1e-13;

/** Column `cell` of the functions: (g − ĝ, (g − ĝ)², g′ − d̂, g′² − q̂) at every node, in their units. */
function centred(cell: i32, answer: usize, g: usize, d: usize, nodes: i32, functions: usize): void {
  const mean = load<f64>(answer);
  const slope = load<f64>(answer, 16), square = load<f64>(answer, 24);
  units(answer, g, d, nodes);
  const perMean = 1 / load<f64>(answer, 32);
  const perSlope = 1 / load<f64>(answer, 48);
  const perSquare = 1 / load<f64>(answer, 56);
  const strip = functions + <usize>cell * STRIP;
  for (let i = 0; i < nodes; i++) {
    const a = (load<f64>(g + (<usize>i << 3)) - mean) * perMean;
    const s = load<f64>(d + (<usize>i << 3));
    const to = strip + <usize>(i >> 7) * PANEL + (<usize>(i & 127) << 4);
    store<f32>(to, <f32>a);
    store<f32>(to, <f32>(a * a), 4);
    store<f32>(to, <f32>((s - slope) * perSlope), 8);
    store<f32>(to, <f32>((s * s - square) * perSquare), 12);
  }
}

// @ts-ignore: decorator
@inline
function blockValue(values: usize, block: i32, column: i32): f64 {
  return <f64>load<f32>(values + (<usize>(block * 64 + column) << 2));
}

/** Standard error of the mean of `blocks` block values. */
function meanError(values: usize, blocks: i32, column: i32): f64 {
  let mean: f64 = 0;
  for (let b = 0; b < blocks; b++) mean += blockValue(values, b, column);
  mean /= <f64>blocks;
  let sum: f64 = 0;
  for (let b = 0; b < blocks; b++) {
    const e = blockValue(values, b, column) - mean;
    sum += e * e;
  }
  return sqrt<f64>(sum / (<f64>blocks * <f64>(blocks - 1)));
}

/** Delete-one-block jackknife of Var g = E(g − ĝ)² − (E(g − ĝ))². */
function varianceError(values: usize, blocks: i32, column: i32): f64 {
  let first: f64 = 0;
  let second: f64 = 0;
  for (let b = 0; b < blocks; b++) {
    first += blockValue(values, b, column);
    second += blockValue(values, b, column + 1);
  }
  const rest = <f64>(blocks - 1);
  let mean: f64 = 0;
  for (let b = 0; b < blocks; b++) mean += without(values, b, column, first, second, rest);
  mean /= <f64>blocks;
  let sum: f64 = 0;
  for (let b = 0; b < blocks; b++) {
    const e = without(values, b, column, first, second, rest) - mean;
    sum += e * e;
  }
  return sqrt<f64>((rest / <f64>blocks) * sum);
}

// @ts-ignore: decorator
@inline
function without(values: usize, block: i32, column: i32, first: f64, second: f64, rest: f64): f64 {
  const m = (first - blockValue(values, block, column)) / rest;
  return (second - blockValue(values, block, column + 1)) / rest - m * m;
}

/**
 * Answers `cells` cells. `weights` are the atoms' weights; `panels` the node weights of `groups` groups of 64 blocks, each
 * ⌈nodes/128⌉ panels; `functions` room for ⌈nodes/128⌉ panels, `values` for groups × 64 × 64 singles. `marks` (i32) receives 1 for
 * each cell that is steeper than the nodes are close: it is to be answered by `deriveDirect`, from more points a bin.
 */
export function derive(
  cells: usize, count: i32, atoms: usize, weights: usize, atomCount: i32, nodes: usize, nodeCount: i32,
  panels: usize, blocks: i32, functions: usize, values: usize, g: usize, d: usize, out: usize, marks: usize,
): void {
  const chunks = (nodeCount + 127) >> 7;
  const groups = (blocks + 63) >> 6;
  for (let first = 0; first < count; first += BATCH) {
    const batch = min(BATCH, count - first);
    for (let i = 0; i < batch; i++) {
      const cell = cells + <usize>(first + i) * CELL_BYTES;
      const answer = out + <usize>(first + i) * ANSWER_BYTES;
      moments(cell, atoms, weights, atomCount, g, d, answer);
      evaluate(load<i32>(cell), load<f64>(cell, 8), load<f64>(cell, 16), load<f64>(cell, 24), nodes, nodeCount, g, d);
      centred(i, answer, g, d, nodeCount, functions);
    }
    memory.fill(values, 0, <usize>(groups * 64 * 64) << 2);
    for (let group = 0; group < groups; group++) {
      for (let chunk = 0; chunk < chunks; chunk++) {
        const w = panels + <usize>(group * chunks + chunk) * PANEL;
        const length = min(128, nodeCount - chunk * 128);
        product(w, functions + <usize>chunk * PANEL, values + (<usize>(group * 64 * 64) << 2), 0, length, 64);
      }
    }
    const answers = out + <usize>first * ANSWER_BYTES;
    for (let i = 0; i < batch; i++) {
      const answer = answers + <usize>i * ANSWER_BYTES;
      const mean = load<f64>(answer);
      const size = sqrt<f64>(mean * mean + load<f64>(answer, 8));
      const off = unresolved(values, blocks, 4 * i, load<f64>(answer, 32), size)
        || unresolved(values, blocks, 4 * i + 2, load<f64>(answer, 48), load<f64>(answer, 16))
        || unresolved(values, blocks, 4 * i + 3, load<f64>(answer, 56), load<f64>(answer, 24));
      store<i32>(marks + (<usize>(first + i) << 2), off ? 1 : 0);
    }
    errors(values, blocks, batch, answers);
  }
}

/** Share of a standard error that coarse nodes may be off by. */
const SHARE: f64 = 0.03;

/**
 * Whether the mean of the block values, which are centred on the estimate, is not 0: three nodes of half an octave then cannot carry what
 * is averaged, such as e^(−β|z|) where no z is near 0, and neither is the error right.
 */
function unresolved(values: usize, blocks: i32, column: i32, unit: f64, size: f64): bool {
  let mean: f64 = 0;
  for (let b = 0; b < blocks; b++) mean += blockValue(values, b, column);
  mean /= <f64>blocks;
  return abs<f64>(mean) > SHARE * meanError(values, blocks, column) + (NO_SPREAD * abs<f64>(size)) / unit;
}

/** Standard errors of a batch from its block values, in place of their units. */
function errors(values: usize, blocks: i32, batch: i32, answers: usize): void {
  for (let i = 0; i < batch; i++) {
    const answer = answers + <usize>i * ANSWER_BYTES;
    const unit = load<f64>(answer, 32);
    store<f64>(answer, meanError(values, blocks, 4 * i) * unit, 32);
    store<f64>(answer, varianceError(values, blocks, 4 * i) * unit * unit, 40);
    store<f64>(answer, meanError(values, blocks, 4 * i + 2) * load<f64>(answer, 48), 48);
    store<f64>(answer, meanError(values, blocks, 4 * i + 3) * load<f64>(answer, 56), 56);
  }
}

/** Block values of one cell straight from a block's points: the four functions of `centred`, averaged. */
function blockValues(cell: usize, answer: usize, points: usize, weights: usize, n: i32, g: usize, d: usize, out: usize): void {
  evaluate(load<i32>(cell), load<f64>(cell, 8), load<f64>(cell, 16), load<f64>(cell, 24), points, n, g, d);
  const mean = load<f64>(answer);
  const slope = load<f64>(answer, 16);
  const square = load<f64>(answer, 24);
  const perMean = 1 / load<f64>(answer, 32);
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const w = load<f64>(weights + i);
    const a = (load<f64>(g + i) - mean) * perMean;
    const s = load<f64>(d + i);
    s0 += w * a;
    s1 += w * a * a;
    s2 += w * (s - slope);
    s3 += w * (s * s - square);
  }
  store<f32>(out, <f32>s0);
  store<f32>(out, <f32>s1, 4);
  store<f32>(out, <f32>(s2 / load<f64>(answer, 48)), 8);
  store<f32>(out, <f32>(s3 / load<f64>(answer, 56)), 12);
}

/**
 * As `derive`, with the block values from every block's own atoms: slower by an order, for tallies whose atoms the coarse nodes
 * can't stand in for (lattices, and bins cut into pieces near a centre). `records` lists the blocks' records.
 */
export function deriveDirect(
  cells: usize, count: i32, atoms: usize, weights: usize, atomCount: i32, records: usize, blocks: i32, centre: f64,
  points: usize, shares: usize, values: usize, g: usize, d: usize, out: usize,
): void {
  for (let first = 0; first < count; first += BATCH) {
    const batch = min(BATCH, count - first);
    const batchCells = cells + <usize>first * CELL_BYTES;
    const answers = out + <usize>first * ANSWER_BYTES;
    for (let i = 0; i < batch; i++) {
      const answer = answers + <usize>i * ANSWER_BYTES;
      moments(batchCells + <usize>i * CELL_BYTES, atoms, weights, atomCount, g, d, answer);
      units(answer, g, d, atomCount);
    }
    for (let block = 0; block < blocks; block++) {
      const n = recordAtoms(load<usize>(records + (<usize>block << 2)), centre, points, shares);
      for (let i = 0; i < batch; i++) {
        const to = values + (<usize>(block * 64 + 4 * i) << 2);
        blockValues(batchCells + <usize>i * CELL_BYTES, answers + <usize>i * ANSWER_BYTES, points, shares, n, g, d, to);
      }
    }
    errors(values, blocks, batch, answers);
  }
}
