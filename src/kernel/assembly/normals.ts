// Normal draws by Box and Muller (1958), a row of 16 vectors at a time.

import { beginLog, cosine, endLog, octant, one, signBits, sine, uniformDepth } from './elementary32';
import { ROW, STRIP } from './layout';

/** Parts of a row's logarithms between their two passes. */
export const LOGS: usize = memory.data(2 * 16 * 16, 16);

/** A Box–Muller (1958) radius √(−2 ln u). */
// @ts-ignore: decorator
@inline
function radius(logAt: usize): v128 {
  const negative = endLog(logAt);
  return f32x4.sqrt(f32x4.add(negative, negative));
}

/** Box–Muller on the octant: angle, swap and both signs come from separate bits of the second word. */
// @ts-ignore: decorator
@inline
function boxMuller(r: v128, angle: v128, first: usize, second: usize, scale: v128, shift: v128): void {
  const phi = octant(angle);
  const square = f32x4.mul(phi, phi);
  const s = sine(phi, square);
  const c = cosine(square);
  const swap = i32x4.shr_s(i32x4.shl(angle, 2), 31);
  const x = v128.bitselect(s, c, swap);
  const y = v128.bitselect(c, s, swap);
  const signs = signBits();
  const u = v128.xor(f32x4.mul(r, x), v128.and(angle, signs));
  const v = v128.xor(f32x4.mul(r, y), v128.and(i32x4.shl(angle, 1), signs));
  v128.store(first, f32x4.add(f32x4.mul(u, scale), shift));
  v128.store(second, f32x4.add(f32x4.mul(v, scale), shift));
}

/**
 * Turns a row of words, in groups of four vectors (radius, radius, angle, angle), into scale·u + shift, u normal. The row's vectors
 * go to `to`, `to + apart`, `to + 2·apart` …; `to` may be `at`.
 */
// @ts-ignore: decorator
@inline
function normalRow(at: usize, to: usize, apart: usize, scale: v128, shift: v128): void {
  for (let j: usize = 0; j < ROW; j += 64) {
    beginLog(uniformDepth(v128.load(at + j)), LOGS + j);
    beginLog(uniformDepth(v128.load(at + j, 16)), LOGS + j + 16);
  }
  for (let j: usize = 0; j < ROW; j += 64) {
    v128.store(LOGS + j, radius(LOGS + j));
    v128.store(LOGS + j, radius(LOGS + j + 16), 16);
  }
  for (let j: usize = 0; j < ROW; j += 64, to += 4 * apart) {
    boxMuller(v128.load(LOGS + j), v128.load(at + j, 32), to, to + 2 * apart, scale, shift);
    boxMuller(v128.load(LOGS + j, 16), v128.load(at + j, 48), to + apart, to + 3 * apart, scale, shift);
  }
}

/** Turns rows of words into standard normals in place. */
export function normals(at: usize, rows: i32): void {
  const unit = one();
  const zero = f32x4.splat(0);
  for (let i = 0; i < rows; i++, at += ROW) normalRow(at, at, 16, unit, zero);
}

/** Normals straight into the strips. */
export function scatterNormals(at: usize, panel: usize, index: i32, indices: i32, scale: v128, shift: v128): void {
  for (let i = 0; i < indices; i++, at += ROW) normalRow(at, panel + (<usize>(index + i) << 4), STRIP, scale, shift);
}
