// The histogram of src/stats/tally.ts as a table of 8192 × { count·2⁴⁰ + Σr, Σr² }: one 128-bit update a value.

import { ulp } from './bins';
import { T_BINS, T_LEAST, T_MAX, T_MIN } from './layout';

const LOW_BITS = 19;
const HALF: i32 = 1 << 18;

export function clearExtremes(table: usize): void {
  v128.store(table, f32x4.splat(<f32>Infinity), T_MIN);
  v128.store(table, f32x4.splat(<f32>-Infinity), T_MAX);
  v128.store(table, i32x4.splat(0x7fffffff), T_LEAST);
}

// @ts-ignore: decorator
@inline
function bump(at: usize, value: v128): void {
  v128.store(at, i64x2.add(v128.load(at, T_BINS), value), T_BINS);
}

/** Adds `count` singles (a multiple of 4) at `z` to the table. */
export function tally(table: usize, z: usize, count: i32): void {
  let least = v128.load(table, T_LEAST);
  let low = v128.load(table, T_MIN);
  let high = v128.load(table, T_MAX);
  const zero = f32x4.splat(0);
  const mask = i32x4.splat((1 << LOW_BITS) - 1);
  const half = i32x4.splat(HALF);
  const unit = i64x2.splat(<i64>1 << 40);
  for (const end = z + (<usize>count << 2); z < end; z += 16) {
    const value = f32x4.add(v128.load(z), zero); // −0 becomes +0
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
    least = i32x4.min_s(least, f32x4.abs(value));
    const key = i32x4.shl(i32x4.shr_u(value, LOW_BITS), 4);
    const r = i32x4.sub(v128.and(value, mask), half);
    const c01 = i64x2.add(i64x2.extend_low_i32x4_s(r), unit);
    const c23 = i64x2.add(i64x2.extend_high_i32x4_s(r), unit);
    const q01 = i64x2.extmul_low_i32x4_s(r, r);
    const q23 = i64x2.extmul_high_i32x4_s(r, r);
    bump(table + <usize>i32x4.extract_lane(key, 0), v128.shuffle<i64>(c01, q01, 0, 2));
    bump(table + <usize>i32x4.extract_lane(key, 1), v128.shuffle<i64>(c01, q01, 1, 3));
    bump(table + <usize>i32x4.extract_lane(key, 2), v128.shuffle<i64>(c23, q23, 0, 2));
    bump(table + <usize>i32x4.extract_lane(key, 3), v128.shuffle<i64>(c23, q23, 1, 3));
  }
  v128.store(table, least, T_LEAST);
  v128.store(table, low, T_MIN);
  v128.store(table, high, T_MAX);
}

// @ts-ignore: decorator
@inline
function minimum(at: usize): f32 {
  return min(min(load<f32>(at), load<f32>(at, 4)), min(load<f32>(at, 8), load<f32>(at, 12)));
}

// @ts-ignore: decorator
@inline
function maximum(at: usize): f32 {
  return max(max(load<f32>(at), load<f32>(at, 4)), max(load<f32>(at, 8), load<f32>(at, 12)));
}

// @ts-ignore: decorator
@inline
function leastKey(at: usize): u32 {
  return min(min(load<u32>(at), load<u32>(at, 4)), min(load<u32>(at, 8), load<u32>(at, 12))) >> LOW_BITS;
}

// Where `extract` puts the parts of a tally, and the room for each.
const ROOM: u32 = 8192;
export const X_COUNT: usize = 0; // u32 bins, u32 values, f32 min, f32 max
export const X_POWERS: usize = 16; // f64 × 4
export const X_SUMS: usize = 48; // i64 × ROOM
export const X_SQUARES: usize = X_SUMS + 8 * ROOM;
export const X_COUNTS: usize = X_SQUARES + 8 * ROOM; // u32 × ROOM
export const X_BINS: usize = X_COUNTS + 4 * ROOM; // i16 × ROOM
export const EXTRACT_BYTES: usize = X_BINS + 2 * ROOM;

let n: u32 = 0;
let total: u32 = 0;
let sum1: f64 = 0;
let sum2: f64 = 0;
let sum3: f64 = 0;
let sum4: f64 = 0;

/** Moves bin `key` (sign in bit 12) to the output, if it is occupied, and empties it. */
// @ts-ignore: decorator
@inline
function move(table: usize, out: usize, key: u32): void {
  const at = table + T_BINS + (<usize>key << 4);
  const packed = load<i64>(at);
  if (packed == 0) return;
  const square = load<i64>(at, 8);
  v128.store(at, i64x2.splat(0));
  const sum = (packed << 24) >> 24;
  const count = <u32>((packed - sum) >> 40);
  const magnitude = key & 4095;
  const negative = key >= 4096;
  store<i64>(out + (<usize>n << 3), sum, X_SUMS);
  store<i64>(out + (<usize>n << 3), square, X_SQUARES);
  store<u32>(out + (<usize>n << 2), count, X_COUNTS);
  store<i16>(out + (<usize>n << 1), negative ? <i16>(-1 - <i32>magnitude) : <i16>magnitude, X_BINS);
  n++;
  total += count;
  // Power sums about the middle of the bin, then moved: Σz and Σz² exact, third and fourth with the bin's own spread.
  const unit = ulp(magnitude);
  const middle = <f64>reinterpret<f32>((magnitude << LOW_BITS) | HALF);
  const c = <f64>count;
  const mean = middle + (unit * <f64>sum) / c;
  const centred = max<f64>(0, <f64>square - (<f64>sum * <f64>sum) / c) * unit * unit; // c·variance
  const m2 = mean * mean;
  const first = c * mean;
  const third = mean * (c * m2 + 3 * centred);
  sum1 += negative ? -first : first;
  sum2 += c * m2 + centred;
  sum3 += negative ? -third : third;
  sum4 += m2 * (c * m2 + 6 * centred) + (centred * centred) / c;
}

/**
 * Moves a table's tally to `out` in ascending order of value and empties the table.
 * Returns the number of occupied bins.
 */
export function extract(table: usize, out: usize): u32 {
  const low = minimum(table + T_MIN);
  const high = maximum(table + T_MAX);
  const least = leastKey(table + T_LEAST);
  const mostNegative = low < 0 ? reinterpret<u32>(-low) >> LOW_BITS : 0;
  const mostPositive = high > 0 ? reinterpret<u32>(high) >> LOW_BITS : 0;
  n = 0;
  total = 0;
  sum1 = 0;
  sum2 = 0;
  sum3 = 0;
  sum4 = 0;
  if (low < 0) for (let key = <i32>mostNegative; key >= <i32>least; key--) move(table, out, 4096 | key);
  if (high >= 0) for (let key = <i32>least; key <= <i32>mostPositive; key++) move(table, out, key);
  clearExtremes(table);
  store<u32>(out, n, X_COUNT);
  store<u32>(out, total, X_COUNT + 4);
  store<f32>(out, low, X_COUNT + 8);
  store<f32>(out, high, X_COUNT + 12);
  store<f64>(out, sum1, X_POWERS);
  store<f64>(out, sum2, X_POWERS + 8);
  store<f64>(out, sum3, X_POWERS + 16);
  store<f64>(out, sum4, X_POWERS + 24);
  return n;
}

/** Closes the gaps of an extracted tally: header, Σr, Σr², counts, bins, one after another. Returns the bytes used. */
export function pack(out: usize): usize {
  const bins = <usize>load<u32>(out, X_COUNT);
  let at = out + X_SUMS + (bins << 3);
  memory.copy(at, out + X_SQUARES, bins << 3);
  at += bins << 3;
  memory.copy(at, out + X_COUNTS, bins << 2);
  at += bins << 2;
  memory.copy(at, out + X_BINS, bins << 1);
  return at + (bins << 1) - out;
}
