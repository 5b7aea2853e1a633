// A random orthogonal matrix (Haar) as a product of Householder reflections, applied and never written out (Stewart 1980,
// “The efficient generation of random orthogonal matrices”, §3): Q = H₀·H₁·…·H₍ₙ₋₂₎·D, H_k the reflection of coordinates k … n − 1 that
// takes a normal vector x to the first axis, D the signs that make R of the QR factorisation positive. As many operations as a product.
//
// In memory: row k holds v_k = x + sign(x_k)·‖x‖·e_k at places k … n − 1, then 2/‖v_k‖² of each row, then the signs.

import { COLUMNS, RUN, STRIP } from './layout';
import { CHUNK_BYTES } from './matrices';

/** Makes rows [panel·64, …) from a panel of normals at `draws`, its chunks one after another. */
export function packReflections(draws: usize, panel: i32, to: usize, width: i32): void {
  const factors = to + ((<usize>width * <usize>width) << 2);
  const signs = factors + (<usize>width << 2);
  const end = min(width, (panel + 1) * COLUMNS);
  for (let k = panel * COLUMNS; k < end; k++) {
    const column = draws + <usize>((k & 63) >> 2) * STRIP + <usize>((k & 3) << 2);
    const row = to + ((<usize>k * <usize>width) << 2);
    let squares: f64 = 0;
    for (let i = k; i < width; i++) {
      const x = load<f32>(column + <usize>(i >> 7) * CHUNK_BYTES + (<usize>(i & (RUN - 1)) << 4));
      store<f32>(row + (<usize>i << 2), x);
      squares += <f64>x * <f64>x;
    }
    const head = load<f32>(row + (<usize>k << 2));
    const negative = head < 0;
    if (k == width - 1) {
      store<f32>(factors + (<usize>k << 2), 0);
      store<f32>(signs + (<usize>k << 2), negative ? -1 : 1);
      return;
    }
    const norm = sqrt<f64>(squares);
    const first = <f32>(negative ? <f64>head - norm : <f64>head + norm);
    store<f32>(row + (<usize>k << 2), first);
    const length = squares - <f64>head * <f64>head + <f64>first * <f64>first;
    store<f32>(factors + (<usize>k << 2), <f32>(2 / length));
    store<f32>(signs + (<usize>k << 2), negative ? 1 : -1);
  }
}

/** H_k on four strips: a −= (2/‖v‖²·vᵀa)·v. */
// @ts-ignore: decorator
@inline
function reflect(row: usize, factor: v128, k: i32, width: i32, a: usize, stride: usize): void {
  const b = a + stride;
  const c = b + stride;
  const d = c + stride;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const from = <usize>k << 4;
  const end = <usize>width << 4;
  for (let i = from; i < end; i += 16) {
    const v = v128.load32_splat(row + (i >> 2));
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(a + i)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(b + i)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(c + i)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(d + i)));
  }
  s0 = f32x4.mul(s0, factor);
  s1 = f32x4.mul(s1, factor);
  s2 = f32x4.mul(s2, factor);
  s3 = f32x4.mul(s3, factor);
  for (let i = from; i < end; i += 16) {
    const v = v128.load32_splat(row + (i >> 2));
    v128.store(a + i, f32x4.sub(v128.load(a + i), f32x4.mul(v, s0)));
    v128.store(b + i, f32x4.sub(v128.load(b + i), f32x4.mul(v, s1)));
    v128.store(c + i, f32x4.sub(v128.load(c + i), f32x4.mul(v, s2)));
    v128.store(d + i, f32x4.sub(v128.load(d + i), f32x4.mul(v, s3)));
  }
}

function flip(signs: usize, a: usize, width: i32, stride: usize): void {
  for (let i: usize = 0; i < <usize>width; i++) {
    const sign = v128.load32_splat(signs + (i << 2));
    const at = a + (i << 4);
    for (let strip: usize = 0; strip < 4; strip++) {
      v128.store(at + strip * stride, f32x4.mul(v128.load(at + strip * stride), sign));
    }
  }
}

/** a ← Q·a, or Qᵀ·a, in place; `strips` is a multiple of four. */
export function rotate(q: usize, a: usize, width: i32, stride: usize, strips: usize, transposed: bool): void {
  const factors = q + ((<usize>width * <usize>width) << 2);
  const signs = factors + (<usize>width << 2);
  for (let strip: usize = 0; strip < strips; strip += 4) {
    const at = a + strip * stride;
    if (!transposed) flip(signs, at, width, stride);
    for (let step = 0; step < width - 1; step++) {
      const k = transposed ? step : width - 2 - step;
      const factor = v128.load32_splat(factors + (<usize>k << 2));
      reflect(q + ((<usize>k * <usize>width) << 2), factor, k, width, at, stride);
    }
    if (transposed) flip(signs, at, width, stride);
  }
}
