// The product of a layer's weights, dense or orthogonal, with a batch or with the Jacobian.

import { backwardProduct, forwardProduct } from './matrices';
import { N_GAIN, N_ORTHOGONAL, N_STRIDE, N_WIDTH, slotOf } from './network-record';
import { scaleAll } from './powers';
import { rotate } from './reflections';

/** z = W·a, without bias. */
export function forward(job: usize, layer: i32, a: usize, z: usize, strips: usize): void {
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

/** a = Wᵀ·e; rows of e from the width up to a multiple of four are 0. */
export function backward(job: usize, layer: i32, e: usize, a: usize, strips: usize): void {
  const width = load<i32>(job, N_WIDTH);
  const stride = load<usize>(job, N_STRIDE);
  if (load<i32>(job, N_ORTHOGONAL) == 0) {
    memory.fill(a, 0, strips * stride);
    backwardProduct(slotOf(job, layer), e, a, width, stride, strips);
    return;
  }
  memory.copy(a, e, strips * stride);
  rotate(slotOf(job, layer), a, width, stride, strips, true);
  scaleAll(a, load<f32>(job, N_GAIN), width, stride, strips);
}
