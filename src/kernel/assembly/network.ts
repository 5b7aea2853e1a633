// One random network on one random batch, there and back: draws, products, activations, sums. All in one call, so that JavaScript sees
// twelve doubles a layer. Matrices of a batch lie in strips, see matrices.ts.

import { activate } from './activations32';
import { addBelow, addMoments, addPairs } from './column-sums';
import { addBias, correlate, drawBatch, drawWeights } from './network-draws';
import { advanceJacobian, beginJacobian } from './network-jacobian';
import { backward, forward } from './network-product';
import {
  A, A_SQUARE, GRADIENT, GRADIENT_EXPONENT, N_A, N_BETA, N_CODE, N_DEPTH, N_GRADIENT, N_INPUTS, N_JACOBIAN, N_KEPT, N_PARAM, N_STRIDE,
  N_STRIPS, N_SUMS, N_THRESHOLD, N_WIDTH, N_Z, normsOf, SATURATED, SLOPE, SLOPE_SQUARE, slopesOf, SUMS, WEIGHT, WEIGHT_EXPONENT, Z,
  Z_PAIRS, Z_SQUARE,
} from './network-record';
import { halfExponent, inversePower } from './powers';

/** Σx² over all columns. */
const SQUARES: usize = memory.data(16, 16);

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
  backward(job, layer, z, a, strips);
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
