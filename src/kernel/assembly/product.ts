// Running sums z += w·x over indices [from, to) of one run, in index order: a sum has the same bits wherever the fan-ins of
// a sweep cut it into calls.

import { STRIP, STRIPS } from './layout';

/** Side 1: the 64 columns are 64 independent (weight vector, input vector) pairs. */
function independent(w: usize, x: usize, z: usize, from: i32, to: i32): void {
  for (let j: usize = 0; j < STRIPS; j += 4) {
    const at = z + (j << 4);
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    let s2 = v128.load(at, 32);
    let s3 = v128.load(at, 48);
    const shift = j * STRIP + (<usize>from << 4);
    let p = w + shift;
    let q = x + shift;
    for (const end = p + (<usize>(to - from) << 4); p < end; p += 16, q += 16) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(q)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(p, STRIP), v128.load(q, STRIP)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 2 * STRIP), v128.load(q, 2 * STRIP)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 3 * STRIP), v128.load(q, 3 * STRIP)));
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
  }
}

/** Side 2: a strip holds two replicates; vector u of a strip's sums is unit u of both. */
function pairs(w: usize, x: usize, z: usize, from: i32, to: i32): void {
  for (let j: usize = 0; j < STRIPS; j++) {
    const at = z + (j << 5);
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    const shift = j * STRIP + (<usize>from << 4);
    let p = w + shift;
    let q = x + shift;
    for (const end = p + (<usize>(to - from) << 4); p < end; p += 16, q += 16) {
      const weights = v128.load(p);
      const inputs = v128.load(q);
      s0 = f32x4.add(s0, f32x4.mul(v128.shuffle<f32>(weights, weights, 0, 0, 2, 2), inputs));
      s1 = f32x4.add(s1, f32x4.mul(v128.shuffle<f32>(weights, weights, 1, 1, 3, 3), inputs));
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
  }
}

/** Side 4: a strip is one replicate; vector u of its sums is unit u against the four inputs. */
function quads(w: usize, x: usize, z: usize, from: i32, to: i32): void {
  for (let j: usize = 0; j < STRIPS; j += 2) {
    const at = z + (j << 6);
    let s0 = v128.load(at);
    let s1 = v128.load(at, 16);
    let s2 = v128.load(at, 32);
    let s3 = v128.load(at, 48);
    let s4 = v128.load(at, 64);
    let s5 = v128.load(at, 80);
    let s6 = v128.load(at, 96);
    let s7 = v128.load(at, 112);
    const shift = j * STRIP + (<usize>from << 4);
    let p = w + shift;
    let q = x + shift;
    for (const end = p + (<usize>(to - from) << 4); p < end; p += 16, q += 16) {
      const a = v128.load(q);
      s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(p), a));
      s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(p, 4), a));
      s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(p, 8), a));
      s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(p, 12), a));
      const b = v128.load(q, STRIP);
      s4 = f32x4.add(s4, f32x4.mul(v128.load32_splat(p, STRIP), b));
      s5 = f32x4.add(s5, f32x4.mul(v128.load32_splat(p, STRIP + 4), b));
      s6 = f32x4.add(s6, f32x4.mul(v128.load32_splat(p, STRIP + 8), b));
      s7 = f32x4.add(s7, f32x4.mul(v128.load32_splat(p, STRIP + 12), b));
    }
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    v128.store(at, s4, 64);
    v128.store(at, s5, 80);
    v128.store(at, s6, 96);
    v128.store(at, s7, 112);
  }
}

/** One tile of 4 units × 8 inputs in eight registers; `p` and `q` are strips of w and x, `rowBytes` a unit's row of z. */
// @ts-ignore: decorator
@inline
function tile(p: usize, q: usize, at: usize, rowBytes: usize, length: usize): void {
  const r1 = at + rowBytes;
  const r2 = r1 + rowBytes;
  const r3 = r2 + rowBytes;
  let s0 = v128.load(at);
  let s1 = v128.load(at, 16);
  let s2 = v128.load(r1);
  let s3 = v128.load(r1, 16);
  let s4 = v128.load(r2);
  let s5 = v128.load(r2, 16);
  let s6 = v128.load(r3);
  let s7 = v128.load(r3, 16);
  for (const end = p + length; p < end; p += 16, q += 16) {
    const a = v128.load(q);
    const b = v128.load(q, STRIP);
    const w0 = v128.load32_splat(p);
    s0 = f32x4.add(s0, f32x4.mul(w0, a));
    s1 = f32x4.add(s1, f32x4.mul(w0, b));
    const w1 = v128.load32_splat(p, 4);
    s2 = f32x4.add(s2, f32x4.mul(w1, a));
    s3 = f32x4.add(s3, f32x4.mul(w1, b));
    const w2 = v128.load32_splat(p, 8);
    s4 = f32x4.add(s4, f32x4.mul(w2, a));
    s5 = f32x4.add(s5, f32x4.mul(w2, b));
    const w3 = v128.load32_splat(p, 12);
    s6 = f32x4.add(s6, f32x4.mul(w3, a));
    s7 = f32x4.add(s7, f32x4.mul(w3, b));
  }
  v128.store(at, s0);
  v128.store(at, s1, 16);
  v128.store(r1, s2);
  v128.store(r1, s3, 16);
  v128.store(r2, s4);
  v128.store(r2, s5, 16);
  v128.store(r3, s6);
  v128.store(r3, s7, 16);
}

/** Side 8 and more: a replicate's sums are side × side, units down, inputs along. */
function layer(w: usize, x: usize, z: usize, from: i32, to: i32, side: usize): void {
  const strips = side >> 2;
  const rowBytes = side << 2;
  const length = <usize>(to - from) << 4;
  const start = <usize>from << 4;
  for (let replicate: usize = 0; replicate < 16; replicate += strips) {
    for (let v: usize = 0; v < strips; v += 2) {
      const q = x + (replicate + v) * STRIP + start;
      for (let u: usize = 0; u < strips; u++) {
        tile(w + (replicate + u) * STRIP + start, q, z + (u << 2) * rowBytes + (v << 4), rowBytes, length);
      }
    }
    z += side * rowBytes;
  }
}

/** Adds indices [from, to) of the panels `w` and `x` to the running sums `z` of 64/side replicates of side × side. */
export function product(w: usize, x: usize, z: usize, from: i32, to: i32, side: i32): void {
  if (side == 1) independent(w, x, z, from, to);
  else if (side == 2) pairs(w, x, z, from, to);
  else if (side == 4) quads(w, x, z, from, to);
  else layer(w, x, z, from, to, <usize>side);
}
