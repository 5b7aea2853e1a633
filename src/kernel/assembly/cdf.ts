// How many values of each block lie below a threshold: BinnedCdf of src/stats/cdf.ts for all blocks at once. Everything is laid
// out bin by bin with the blocks side by side, so that a threshold reads a few neighbouring rows.

import { POINT } from './atoms';
import { ulp } from './bins';
import { R_BINS, R_LISTS } from './layout';

const LOW_BITS = 19;
const HALF: u32 = 1 << 18;

/** `index` (u16 × 8192): position of each occupied bin among the `n` merged ones. */
export function indexBins(bins: usize, n: i32, index: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    store<u16>(index + (<usize>(<i32>load<i16>(bins + (i << 1)) + 4096) << 1), <u16>i);
  }
}

// A row holds for each block 8 bytes: the values in all bins before (u32), and 6δ in the direction of z (f32), NaN for a point.
const CELL: usize = 8;

/**
 * Spreads the record of one block over its column of the rows (see `accumulate`); the value of a bin that is one point goes to its
 * place in `point` (f64).
 */
export function spread(record: usize, index: usize, block: i32, blocks: i32, rows: usize, point: usize): void {
  const n = <usize>load<u32>(record, R_BINS);
  const sums = record + R_LISTS;
  const squares = sums + (n << 3);
  const counts = squares + (n << 3);
  const bins = counts + (n << 2);
  for (let i: usize = 0; i < n; i++) {
    const bin = <i32>load<i16>(bins + (i << 1));
    const row = <usize>load<u16>(index + (<usize>(bin + 4096) << 1));
    const at = row * <usize>blocks + <usize>block;
    const count = load<u32>(counts + (i << 2));
    const inverse = 1 / <f64>count;
    const mean = <f64>load<i64>(sums + (i << 3)) * inverse;
    const square = <f64>load<u64>(squares + (i << 3)) * inverse;
    const sign: f64 = bin < 0 ? -1 : 1;
    store<u32>(rows + at * CELL, count);
    if (square - mean * mean <= POINT) {
      const key = <u32>(bin < 0 ? -1 - bin : bin);
      store<f32>(rows + at * CELL, NaN, 4);
      store<f64>(point + (at << 3), sign * (middleOf(key) + mean * ulp(key)));
    } else {
      store<f32>(rows + at * CELL, <f32>(sign * max<f64>(-1, min<f64>(1, (6 * mean) / (2 * <f64>HALF)))), 4);
    }
  }
}

/** Turns the counts of `n` rows into the counts of all rows before, and adds one row with the totals. */
export function accumulate(rows: usize, n: i32, blocks: i32): void {
  const rowBytes = <usize>blocks * CELL;
  for (let b: usize = 0; b < rowBytes; b += CELL) {
    let at = rows + b;
    let sum: u32 = 0;
    for (let row = 0; row <= n; row++, at += rowBytes) {
      const count = load<u32>(at);
      store<u32>(at, sum);
      sum += count;
    }
  }
}

// @ts-ignore: decorator
@inline
function middleOf(key: u32): f64 {
  return <f64>reinterpret<f32>((key << LOW_BITS) | HALF);
}

/** Key of the bin that holds a magnitude: of the largest single not above it. */
// @ts-ignore: decorator
@inline
function keyOf(magnitude: f64): u32 {
  const single = <f32>magnitude;
  const bits = reinterpret<u32>(single);
  return (<f64>single > magnitude ? bits - 1 : bits) >> LOW_BITS;
}

/** Position of the first of `n` bins that is not below `bin`. */
function firstFrom(bins: usize, n: i32, bin: i32): i32 {
  let from = 0;
  let to = n;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (<i32>load<i16>(bins + (<usize>middle << 1)) < bin) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Values below x (or, if `closed`, at it) in each block, one f64 each to `out`. In the bin that holds x a point is a jump; the
 * others have the linear density of their mean.
 */
export function blocksBelow(
  bins: usize, n: i32, rows: usize, point: usize, blocks: i32, x: f64, closed: bool, out: usize,
): void {
  const key = keyOf(abs(x));
  const bin = x < 0 ? -1 - <i32>key : <i32>key;
  const row = firstFrom(bins, n, bin);
  const rowBytes = <usize>blocks * CELL;
  const first = rows + <usize>row * rowBytes;
  const own = row < n && <i32>load<i16>(bins + (<usize>row << 1)) == bin;
  const half = <f64>HALF * ulp(key);
  const middle = x < 0 ? -middleOf(key) : middleOf(key);
  const low = middle - half;
  const u = (x - low) / (middle + half - low);
  const bend = u * u - u;
  for (let b: usize = 0; b < <usize>blocks; b++) {
    const at = first + b * CELL;
    const lower = load<u32>(at);
    let count = <f64>lower;
    if (own) {
      const c = load<u32>(at + rowBytes) - lower;
      if (c > 0) {
        const slant = <f64>load<f32>(at, 4);
        if (slant == slant) {
          count += (u + slant * bend) * <f64>c;
        } else {
          const value = load<f64>(point + ((<usize>row * <usize>blocks + b) << 3));
          if (value < x || (closed && value == x)) count += <f64>c;
        }
      }
    }
    store<f64>(out + (b << 3), count);
  }
}
