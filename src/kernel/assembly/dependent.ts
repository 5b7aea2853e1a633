// Inputs that depend on one another within a column: what they share is drawn once a panel.

import { seed, words } from './generator';
import { S_CARRY, S_COUNT, S_INTEGER, S_KEY, S_KIND, S_PANEL, S_PARAM, S_TABLE, STRIP } from './layout';
import { normals } from './normals';
import { AR1, EQUICORRELATED, ROWS } from './sampler-kinds';

/** The run index that keys what belongs to a whole panel: common factors, first values, picked rows. */
const WHOLE_PANEL: u32 = 0x1fffffff;

/** Once a panel, before its first run: the common factor, the AR(1) state before index 0, or the picked rows. */
export function beginPanel(sampler: usize, panel: u32): void {
  const kind = load<i32>(sampler, S_KIND);
  if (kind != EQUICORRELATED && kind != AR1 && kind != ROWS) return;
  const carry = load<usize>(sampler, S_CARRY);
  seed(sampler + S_KEY, panel, WHOLE_PANEL);
  words(carry, 8);
  if (kind == ROWS) {
    const rows = <u64>load<u32>(sampler, S_COUNT);
    for (let at = carry; at < carry + 256; at += 4) store<u32>(at, <u32>((<u64>load<u32>(at) * rows) >> 32));
    return;
  }
  normals(carry, 1);
}

/** x_i = √ρ·c + √(1 − ρ)·g_i, the normals g from `at` on, in their places. */
export function equicorrelate(sampler: usize, at: usize, indices: i32): void {
  const carry = load<usize>(sampler, S_CARRY);
  const rho = load<f32>(sampler, S_PARAM);
  const common = f32x4.splat(sqrt<f32>(rho));
  const own = f32x4.splat(sqrt<f32>(<f32>1 - rho));
  for (let i = 0; i < indices; i++) {
    for (let j: usize = 0; j < 256; j += 16) {
      const value = f32x4.add(f32x4.mul(v128.load(carry + j), common), f32x4.mul(v128.load(at), own));
      v128.store(at, value);
      at += 16;
    }
  }
}

/** x_i = φ·x_{i−1} + √(1 − φ²)·g_i, from a stationary start; likewise. */
export function autoregress(sampler: usize, at: usize, indices: i32): void {
  const carry = load<usize>(sampler, S_CARRY);
  const phi = load<f32>(sampler, S_PARAM);
  const memory = f32x4.splat(phi);
  const own = f32x4.splat(sqrt<f32>(<f32>1 - phi * phi));
  for (let i = 0; i < indices; i++) {
    for (let j: usize = 0; j < 256; j += 16) {
      const value = f32x4.add(f32x4.mul(v128.load(carry + j), memory), f32x4.mul(v128.load(at), own));
      v128.store(carry + j, value);
      v128.store(at, value);
      at += 16;
    }
  }
}

/** Entry `base + i` of each column's picked row; nothing is drawn. */
export function copyRows(sampler: usize, base: i32, count: i32): void {
  const panel = load<usize>(sampler, S_PANEL);
  const carry = load<usize>(sampler, S_CARRY);
  const table = load<usize>(sampler, S_TABLE);
  const width = <usize>load<u32>(sampler, S_INTEGER);
  for (let column: usize = 0; column < 64; column++) {
    const row = table + ((<usize>load<u32>(carry + (column << 2)) * width + <usize>base) << 2);
    const to = panel + (column >> 2) * STRIP + ((column & 3) << 2);
    for (let i: usize = 0; i < <usize>count; i++) store<f32>(to + (i << 4), load<f32>(row + (i << 2)));
  }
}
