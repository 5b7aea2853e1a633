// ∂a_l/∂x of a batch's first input, layer by layer: a matrix in the strips of a batch, a column for each input.

import { addMoments } from './column-sums';
import { forward } from './network-product';
import { N_EXPONENT, N_JACOBIAN, N_SCRATCH, N_STRIDE, N_WIDE, N_WIDTH, slopesOf } from './network-record';
import { halfExponent, inversePower, scaleAll } from './powers';

/** Σx² over all columns. */
const SQUARES: usize = memory.data(16, 16);

/** J ← 2^−k·D·W·J, and k more in its exponent. D is that of the batch's first column. */
export function advanceJacobian(job: usize, layer: i32): void {
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
export function beginJacobian(job: usize): void {
  const at = load<usize>(job, N_JACOBIAN);
  const stride = load<usize>(job, N_STRIDE);
  memory.fill(at, 0, load<usize>(job, N_WIDE) * stride);
  for (let i: usize = 0; i < <usize>load<i32>(job, N_WIDTH); i++) {
    store<f32>(at + (i >> 2) * stride + (i << 4) + ((i & 3) << 2), 1);
  }
  store<i32>(job, 0, N_EXPONENT);
}
