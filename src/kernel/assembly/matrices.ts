// Products of a square weight matrix with a batch, in single precision. Each element is a running sum in index order, whatever
// the blocking: the scalar reference makes the same bits.
//
// A batch is cut into strips of four columns; a strip holds a vector for each row, `stride` bytes from strip to strip. A weight matrix
// lies as it is drawn (layout.ts): chunks of 64 units × 128 indices, a unit a column, chunks of one panel of units side by side.

import { COLUMNS, RUN, STRIP, STRIPS } from './layout';

/** Bytes of a chunk of weights. */
export const CHUNK_BYTES: usize = STRIPS * STRIP;

/** Four units × eight columns, z += w·a over `length` / 16 indices. */
// @ts-ignore: decorator
@inline
function forwardTile(w: usize, a: usize, z: usize, stride: usize, length: usize): void {
  const y = z + stride;
  let s0 = v128.load(z);
  let s1 = v128.load(z, 16);
  let s2 = v128.load(z, 32);
  let s3 = v128.load(z, 48);
  let s4 = v128.load(y);
  let s5 = v128.load(y, 16);
  let s6 = v128.load(y, 32);
  let s7 = v128.load(y, 48);
  let b = a + stride;
  for (const end = w + length; w < end; w += 16, a += 16, b += 16) {
    const p = v128.load(a);
    const q = v128.load(b);
    const w0 = v128.load32_splat(w);
    s0 = f32x4.add(s0, f32x4.mul(w0, p));
    s4 = f32x4.add(s4, f32x4.mul(w0, q));
    const w1 = v128.load32_splat(w, 4);
    s1 = f32x4.add(s1, f32x4.mul(w1, p));
    s5 = f32x4.add(s5, f32x4.mul(w1, q));
    const w2 = v128.load32_splat(w, 8);
    s2 = f32x4.add(s2, f32x4.mul(w2, p));
    s6 = f32x4.add(s6, f32x4.mul(w2, q));
    const w3 = v128.load32_splat(w, 12);
    s3 = f32x4.add(s3, f32x4.mul(w3, p));
    s7 = f32x4.add(s7, f32x4.mul(w3, q));
  }
  v128.store(z, s0);
  v128.store(z, s1, 16);
  v128.store(z, s2, 32);
  v128.store(z, s3, 48);
  v128.store(y, s4);
  v128.store(y, s5, 16);
  v128.store(y, s6, 32);
  v128.store(y, s7, 48);
}

/** One unit's step of the tile below: weights of four indices lie a vector apart. */
// @ts-ignore: decorator
@inline
function spread(w: usize, unit: usize, index: usize): v128 {
  return v128.load32_splat(w + (unit << 2) + (index << 4));
}

/** Four indices × eight columns, d += wᵀ·e over `strips` strips of four units. */
// @ts-ignore: decorator
@inline
function backwardTile(w: usize, e: usize, d: usize, stride: usize, strips: usize): void {
  const y = d + stride;
  let s0 = v128.load(d);
  let s1 = v128.load(d, 16);
  let s2 = v128.load(d, 32);
  let s3 = v128.load(d, 48);
  let s4 = v128.load(y);
  let s5 = v128.load(y, 16);
  let s6 = v128.load(y, 32);
  let s7 = v128.load(y, 48);
  let f = e + stride;
  for (const end = w + strips * STRIP; w < end; w += STRIP) {
    for (let unit: usize = 0; unit < 4; unit++, e += 16, f += 16) {
      const p = v128.load(e);
      const q = v128.load(f);
      const w0 = spread(w, unit, 0);
      s0 = f32x4.add(s0, f32x4.mul(w0, p));
      s4 = f32x4.add(s4, f32x4.mul(w0, q));
      const w1 = spread(w, unit, 1);
      s1 = f32x4.add(s1, f32x4.mul(w1, p));
      s5 = f32x4.add(s5, f32x4.mul(w1, q));
      const w2 = spread(w, unit, 2);
      s2 = f32x4.add(s2, f32x4.mul(w2, p));
      s6 = f32x4.add(s6, f32x4.mul(w2, q));
      const w3 = spread(w, unit, 3);
      s3 = f32x4.add(s3, f32x4.mul(w3, p));
      s7 = f32x4.add(s7, f32x4.mul(w3, q));
    }
  }
  v128.store(d, s0);
  v128.store(d, s1, 16);
  v128.store(d, s2, 32);
  v128.store(d, s3, 48);
  v128.store(y, s4);
  v128.store(y, s5, 16);
  v128.store(y, s6, 32);
  v128.store(y, s7, 48);
}

/** Strips of four among the units of `panel`. */
// @ts-ignore: decorator
@inline
function unitStrips(width: i32, panel: i32): usize {
  return <usize>((min(COLUMNS, width - panel * COLUMNS) + 3) >> 2);
}

/** z += W·a, all `width` units, `strips` (even) strips of the batch; rows past the width are scratch. */
export function forwardProduct(w: usize, a: usize, z: usize, width: i32, stride: usize, strips: usize): void {
  for (let panel = 0; panel * COLUMNS < width; panel++) {
    const units = unitStrips(width, panel);
    for (let base = 0; base < width; base += RUN, w += CHUNK_BYTES) {
      const length = <usize>min(RUN, width - base) << 4;
      for (let v: usize = 0; v < strips; v += 2) {
        const from = a + v * stride + (<usize>base << 4);
        const to = z + v * stride + (<usize>(panel * COLUMNS) << 4);
        for (let u: usize = 0; u < units; u++) forwardTile(w + u * STRIP, from, to + (u << 6), stride, length);
      }
    }
  }
}

/** d += Wᵀ·e, all `width` indices; rows of e from the width up to a multiple of four are 0, those of d are scratch. */
export function backwardProduct(w: usize, e: usize, d: usize, width: i32, stride: usize, strips: usize): void {
  for (let panel = 0; panel * COLUMNS < width; panel++) {
    const units = unitStrips(width, panel);
    for (let base = 0; base < width; base += RUN, w += CHUNK_BYTES) {
      const quads = <usize>((min(RUN, width - base) + 3) >> 2);
      for (let v: usize = 0; v < strips; v += 2) {
        const from = e + v * stride + (<usize>(panel * COLUMNS) << 4);
        const to = d + v * stride + (<usize>base << 4);
        for (let i: usize = 0; i < quads; i++) backwardTile(w + (i << 6), from, to + (i << 6), stride, units);
      }
    }
  }
}
