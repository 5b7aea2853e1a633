// One random network on one random batch, there and back: draws, products, activations, sums. All in one call, so that JavaScript sees
// twelve doubles a layer. Matrices of a batch lie in strips, see matrices.ts.

import { activate } from './activations32';
import { addBelow, addMoments, addPairs } from './column-sums';
import { COLUMNS, RUN, S_PANEL, STRIP, STRIPS } from './layout';
import { backwardProduct, CHUNK_BYTES, forwardProduct } from './matrices';
import { packReflections, rotate } from './reflections';
import { beginPanel, fill } from './variates';

// The record of a job, as src/kernel/wasm-network.ts writes it.
const N_WIDTH: usize = 0;
const N_DEPTH: usize = 4;
const N_STRIPS: usize = 8; // of the batch, a multiple of four
const N_STRIDE: usize = 12; // bytes from strip to strip
const N_WEIGHTS: usize = 16; // pointers to samplers
const N_INPUTS: usize = 20;
const N_BIAS: usize = 24; // 0: no bias
const N_GRADIENT: usize = 28;
const N_ORTHOGONAL: usize = 32;
const N_GAIN: usize = 36; // f32, of orthogonal weights
const N_CODE: usize = 40;
const N_PARAM: usize = 44; // f32
const N_BETA: usize = 48; // f32
const N_THRESHOLD: usize = 52; // f32: |β·g′| below it is saturated
const N_MATRICES: usize = 56; // slots of weights
const N_SLOT: usize = 60; // bytes of one
const N_KEPT: usize = 64; // layers with a slot of their own; the others share the one behind
const N_A: usize = 68;
const N_Z: usize = 72;
const N_SLOPES: usize = 76; // β·g′ of every layer
const N_NORMS: usize = 80; // Σa² of each column, f64, of what enters every layer
const N_SUMS: usize = 84; // SUMS doubles a layer
const N_OWN: usize = 88; // f32: shares of an odd column's own draw and
const N_COMMON: usize = 92; // f32: of its neighbour's
const N_DRAWS: usize = 96; // a panel of all runs
const N_JACOBIAN: usize = 100; // 0: none, else a matrix of as many columns as rows
const N_SCRATCH: usize = 104; // another
const N_WIDE: usize = 108; // its strips
const N_EXPONENT: usize = 112; // i32, out: the Jacobian is the matrix times 2 to this

// Doubles of a layer.
const SUMS: usize = 12;
const Z: usize = 0;
const Z_SQUARE: usize = 8;
const Z_PAIRS: usize = 16;
const A: usize = 24;
const A_SQUARE: usize = 32;
const SLOPE: usize = 40;
const SLOPE_SQUARE: usize = 48;
const SATURATED: usize = 56;
const GRADIENT: usize = 64; // Σδ², δ scaled by 2^−k
const GRADIENT_EXPONENT: usize = 72; // k
const WEIGHT: usize = 80; // Σ over columns of ‖∂/∂z‖²·‖a‖², the former scaled by 2^−k
const WEIGHT_EXPONENT: usize = 88; // k

/** Largest step of an exponent at once: its power of two and the product with a scaled number stay normal singles. */
const LARGEST_STEP = 100;

/** A panel of a replicate: 64 columns of 1024 layers. */
// @ts-ignore: decorator
@inline
function panelOf(replicate: u32, layer: i32, panel: i32): u32 {
  return (replicate << 16) | (<u32>layer << 6) | <u32>panel;
}

/** All runs of a panel, one chunk behind the other. */
function fillRuns(sampler: usize, panel: u32, to: usize, width: i32): void {
  beginPanel(sampler, panel);
  for (let run = 0; run * RUN < width; run++, to += CHUNK_BYTES) {
    store<usize>(sampler, to, S_PANEL);
    fill(sampler, panel, run, min(RUN, width - run * RUN));
  }
}

/** Draws a batch into strips: column c of panel p is column 64p + c. */
function drawBatch(job: usize, sampler: usize, replicate: u32, to: usize): void {
  const width = load<i32>(job, N_WIDTH);
  const strips = load<usize>(job, N_STRIPS);
  const stride = load<usize>(job, N_STRIDE);
  const draws = load<usize>(job, N_DRAWS);
  for (let first: usize = 0; first < strips; first += STRIPS) {
    fillRuns(sampler, panelOf(replicate, 0, <i32>(first / STRIPS)), draws, width);
    for (let strip: usize = 0; strip < min(STRIPS, strips - first); strip++) {
      const at = to + (first + strip) * stride;
      for (let base = 0; base < width; base += RUN) {
        const from = draws + <usize>(base >> 7) * CHUNK_BYTES + strip * STRIP;
        memory.copy(at + (<usize>base << 4), from, <usize>min(RUN, width - base) << 4);
      }
    }
  }
}

/** Mixes every odd column with the one before it: correlated pairs. */
function correlate(job: usize, at: usize): void {
  const own = v128.load32_splat(job, N_OWN);
  const common = v128.load32_splat(job, N_COMMON);
  const stride = load<usize>(job, N_STRIDE);
  const bytes = <usize>load<i32>(job, N_WIDTH) << 4;
  for (let strip: usize = 0; strip < load<usize>(job, N_STRIPS); strip++, at += stride) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(at + i);
      const mixed = f32x4.add(f32x4.mul(common, v128.shuffle<f32>(x, x, 0, 0, 2, 2)), f32x4.mul(own, x));
      v128.store(at + i, v128.shuffle<f32>(x, mixed, 0, 5, 2, 7));
    }
  }
}

// @ts-ignore: decorator
@inline
function slotOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_MATRICES) + <usize>min(layer, load<i32>(job, N_KEPT)) * load<usize>(job, N_SLOT);
}

function drawWeights(job: usize, replicate: u32, layer: i32): void {
  const width = load<i32>(job, N_WIDTH);
  const sampler = load<usize>(job, N_WEIGHTS);
  const slot = slotOf(job, layer);
  const runs = <usize>((width + RUN - 1) / RUN);
  const draws = load<usize>(job, N_DRAWS);
  for (let panel = 0; panel * COLUMNS < width; panel++) {
    const name = panelOf(replicate, layer, panel);
    if (load<i32>(job, N_ORTHOGONAL) != 0) {
      fillRuns(sampler, name, draws, width);
      packReflections(draws, panel, slot, width);
    } else {
      fillRuns(sampler, name, slot + <usize>panel * runs * CHUNK_BYTES, width);
    }
  }
}

/** z = W·a, without bias. */
function forward(job: usize, layer: i32, a: usize, z: usize, strips: usize): void {
  const width = load<i32>(job, N_WIDTH);
  const stride = load<usize>(job, N_STRIDE);
  if (load<i32>(job, N_ORTHOGONAL) == 0) {
    memory.fill(z, 0, strips * stride);
    forwardProduct(slotOf(job, layer), a, z, width, stride, strips);
    return;
  }
  memory.copy(z, a, strips * stride);
  rotate(slotOf(job, layer), z, width, stride, strips, false);
  scaleAll(z, load<f32>(job, N_GAIN), width, stride, strips);
}

function scaleAll(at: usize, by: f32, width: i32, stride: usize, strips: usize): void {
  const factor = f32x4.splat(by);
  for (let strip: usize = 0; strip < strips; strip++, at += stride) {
    for (let i: usize = 0; i < <usize>width << 4; i += 16) v128.store(at + i, f32x4.mul(v128.load(at + i), factor));
  }
}

function addBias(job: usize, replicate: u32, layer: i32): void {
  const sampler = load<usize>(job, N_BIAS);
  if (sampler == 0) return;
  const width = load<i32>(job, N_WIDTH);
  const stride = load<usize>(job, N_STRIDE);
  const draws = load<usize>(job, N_DRAWS);
  for (let unit = 0; unit < width; unit++) {
    if (unit % COLUMNS == 0) fillRuns(sampler, panelOf(replicate, layer, unit / COLUMNS), draws, 1);
    const bias = v128.load32_splat(draws + <usize>((unit & 63) >> 2) * STRIP + <usize>((unit & 3) << 2));
    let at = load<usize>(job, N_Z) + (<usize>unit << 4);
    for (let strip: usize = 0; strip < load<usize>(job, N_STRIPS); strip++, at += stride) {
      v128.store(at, f32x4.add(v128.load(at), bias));
    }
  }
}

/** The power of two nearest below √mean, as its exponent. */
// @ts-ignore: decorator
@inline
function halfExponent(mean: f64): i32 {
  if (mean == 0) return 0;
  const exponent = <i32>((reinterpret<u64>(mean) >> 52) & 0x7ff) - 1023;
  return max(-LARGEST_STEP, min(LARGEST_STEP, exponent >> 1));
}

/** 2^−k. */
// @ts-ignore: decorator
@inline
function inversePower(k: i32): f32 {
  return reinterpret<f32>((127 - k) << 23);
}

/** Σx² over all columns. */
const SQUARES: usize = memory.data(16, 16);

/** J ← 2^−k·D·W·J, and k more in its exponent. D is that of the batch's first column. */
function advanceJacobian(job: usize, layer: i32): void {
  const from = load<usize>(job, N_JACOBIAN);
  const to = load<usize>(job, N_SCRATCH);
  const width = load<i32>(job, N_WIDTH);
  const stride = load<usize>(job, N_STRIDE);
  const strips = load<usize>(job, N_WIDE);
  forward(job, layer, from, to, strips);
  const slopes = slopesOf(job, layer);
  for (let strip: usize = 0; strip < strips; strip++) {
    const at = to + strip * stride;
    for (let i: usize = 0; i < <usize>width << 4; i += 16) {
      v128.store(at + i, f32x4.mul(v128.load(at + i), v128.load32_splat(slopes + i)));
    }
  }
  memory.fill(SQUARES, 0, 16);
  addMoments(to, width, stride, strips, SQUARES, SQUARES + 8, 0);
  const k = halfExponent(load<f64>(SQUARES, 8) / <f64>width);
  scaleAll(to, inversePower(k), width, stride, strips);
  store<i32>(job, load<i32>(job, N_EXPONENT) + k, N_EXPONENT);
  store<usize>(job, to, N_JACOBIAN);
  store<usize>(job, from, N_SCRATCH);
}

/** The unit matrix. */
function beginJacobian(job: usize): void {
  const at = load<usize>(job, N_JACOBIAN);
  const stride = load<usize>(job, N_STRIDE);
  memory.fill(at, 0, load<usize>(job, N_WIDE) * stride);
  for (let i: usize = 0; i < <usize>load<i32>(job, N_WIDTH); i++) {
    store<f32>(at + (i >> 2) * stride + (i << 4) + ((i & 3) << 2), 1);
  }
  store<i32>(job, 0, N_EXPONENT);
}

// @ts-ignore: decorator
@inline
function slopesOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_SLOPES) + <usize>layer * load<usize>(job, N_STRIPS) * load<usize>(job, N_STRIDE);
}

// @ts-ignore: decorator
@inline
function normsOf(job: usize, layer: i32): usize {
  return load<usize>(job, N_NORMS) + ((<usize>layer * load<usize>(job, N_STRIPS)) << 5);
}

function forwardLayer(job: usize, replicate: u32, layer: i32, sums: usize): void {
  const width = load<i32>(job, N_WIDTH);
  const strips = load<usize>(job, N_STRIPS);
  const stride = load<usize>(job, N_STRIDE);
  const a = load<usize>(job, N_A);
  const z = load<usize>(job, N_Z);
  const slopes = slopesOf(job, layer);
  drawWeights(job, replicate, layer);
  forward(job, layer, a, z, strips);
  addBias(job, replicate, layer);
  addMoments(z, width, stride, strips, sums + Z, sums + Z_SQUARE, 0);
  addPairs(z, width, stride, strips, sums + Z_PAIRS);
  for (let strip: usize = 0; strip < strips; strip++) {
    const at = strip * stride;
    activate(load<i32>(job, N_CODE), load<f32>(job, N_PARAM), load<f32>(job, N_BETA), z + at, width, a + at, slopes + at);
  }
  addMoments(a, width, stride, strips, sums + A, sums + A_SQUARE, normsOf(job, layer + 1));
  addMoments(slopes, width, stride, strips, sums + SLOPE, sums + SLOPE_SQUARE, 0);
  addBelow(slopes, width, stride, strips, load<f32>(job, N_THRESHOLD), sums + SATURATED);
  if (load<usize>(job, N_JACOBIAN) != 0) advanceJacobian(job, layer);
}

/** Squares of the columns of ∂/∂z. */
const COLUMN_SQUARES: usize = memory.data(8 * 1024, 16);

/** From the gradient with respect to this layer's activations, at N_A, to that of the layer below, at N_A. Returns its exponent. */
function backwardLayer(job: usize, layer: i32, exponent: i32, sums: usize): i32 {
  const width = load<i32>(job, N_WIDTH);
  const strips = load<usize>(job, N_STRIPS);
  const stride = load<usize>(job, N_STRIDE);
  const a = load<usize>(job, N_A);
  const z = load<usize>(job, N_Z);
  memory.fill(SQUARES, 0, 16);
  addMoments(a, width, stride, strips, SQUARES, SQUARES + 8, 0);
  const squares = load<f64>(SQUARES, 8);
  store<f64>(sums, squares, GRADIENT);
  store<f64>(sums, <f64>exponent, GRADIENT_EXPONENT);
  const k = halfExponent(squares / (<f64>width * <f64>(strips << 2)));
  const factor = f32x4.splat(inversePower(k));
  const slopes = slopesOf(job, layer);
  const end = <usize>width << 4;
  const padded = (end + 63) & ~63;
  for (let strip: usize = 0; strip < strips; strip++) {
    const at = strip * stride;
    for (let i = at; i < at + end; i += 16) {
      v128.store(z + i, f32x4.mul(f32x4.mul(v128.load(a + i), factor), v128.load(slopes + i)));
    }
    memory.fill(z + at + end, 0, padded - end);
  }
  memory.fill(SQUARES, 0, 16);
  addMoments(z, width, stride, strips, SQUARES, SQUARES + 8, COLUMN_SQUARES);
  const norms = normsOf(job, layer);
  let weight: f64 = 0;
  for (let i: usize = 0; i < strips << 5; i += 8) weight += load<f64>(COLUMN_SQUARES + i) * load<f64>(norms + i);
  store<f64>(sums, weight, WEIGHT);
  store<f64>(sums, <f64>(exponent + k), WEIGHT_EXPONENT);
  if (layer == 0) return exponent + k;
  if (load<i32>(job, N_ORTHOGONAL) == 0) {
    memory.fill(a, 0, strips * stride);
    backwardProduct(slotOf(job, layer), z, a, width, stride, strips);
  } else {
    memory.copy(a, z, strips * stride);
    rotate(slotOf(job, layer), a, width, stride, strips, true);
    scaleAll(a, load<f32>(job, N_GAIN), width, stride, strips);
  }
  return exponent + k;
}

/** Simulates one replicate of the job at `job`; its sums go where the job says. */
export function simulateNetwork(job: usize, replicate: u32): void {
  const depth = load<i32>(job, N_DEPTH);
  const width = load<i32>(job, N_WIDTH);
  const strips = load<usize>(job, N_STRIPS);
  const stride = load<usize>(job, N_STRIDE);
  const sums = load<usize>(job, N_SUMS);
  const a = load<usize>(job, N_A);
  memory.fill(sums, 0, (<usize>depth * SUMS) << 3);
  drawBatch(job, load<usize>(job, N_INPUTS), replicate, a);
  correlate(job, a);
  memory.fill(SQUARES, 0, 16);
  addMoments(a, width, stride, strips, SQUARES, SQUARES + 8, normsOf(job, 0));
  if (load<usize>(job, N_JACOBIAN) != 0) beginJacobian(job);
  for (let layer = 0; layer < depth; layer++) forwardLayer(job, replicate, layer, sums + ((<usize>layer * SUMS) << 3));
  drawBatch(job, load<usize>(job, N_GRADIENT), replicate, a);
  let exponent = 0;
  for (let layer = depth - 1; layer >= 0; layer--) {
    // Layers without a slot of their own are drawn anew; the last one is still there.
    if (layer >= load<i32>(job, N_KEPT) && layer != depth - 1 && layer != 0) drawWeights(job, replicate, layer);
    exponent = backwardLayer(job, layer, exponent, sums + ((<usize>layer * SUMS) << 3));
  }
}
