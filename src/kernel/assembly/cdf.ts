// How many values of each block lie below a threshold: BinnedCdf of src/stats/cdf.ts for all blocks at once. The blocks' records
// stay as they are; a table says where each merged bin is in each of them.

import { POINT } from './atoms';
import { ulp } from './bins';
import { R_BINS, R_LISTS } from './layout';

const LOW_BITS = 19;
const HALF: u32 = 1 << 18;

// A line of the table belongs to one block: for each merged bin, and for the end, the values in all bins before (u32) and the
// position of the record's first bin that is not before (u32).
const CELL: usize = 8;

/** Writes the line of one block: where each of the `n` merged bins, which are the record's and more, is in its record. */
export function rankBins(record: usize, bins: usize, n: i32, line: usize): void {
  const own = load<u32>(record, R_BINS);
  const counts = record + R_LISTS + (<usize>own << 4);
  const ownBins = counts + (<usize>own << 2);
  let before: u32 = 0;
  let i: u32 = 0;
  for (const end = bins + (<usize>n << 1); bins < end; bins += 2, line += CELL) {
    store<u32>(line, before);
    store<u32>(line, i, 4);
    if (i < own && load<i16>(ownBins + (<usize>i << 1)) == load<i16>(bins)) {
      before += load<u32>(counts + (<usize>i << 2));
      i++;
    }
  }
  store<u32>(line, before);
  store<u32>(line, i, 4);
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
 *
 * @param records list of the blocks' records
 */
export function blocksBelow(
  bins: usize, n: i32, table: usize, records: usize, blocks: i32, x: f64, closed: bool, out: usize,
): void {
  const key = keyOf(abs(x));
  const negative = x < 0;
  const bin = negative ? -1 - <i32>key : <i32>key;
  const row = firstFrom(bins, n, bin);
  const own = row < n && <i32>load<i16>(bins + (<usize>row << 1)) == bin;
  const sign: f64 = negative ? -1 : 1;
  const unit = ulp(key);
  const half = <f64>HALF * unit;
  const middle = sign * middleOf(key);
  const low = middle - half;
  const u = (x - low) / (middle + half - low);
  const bend = u * u - u;
  let at = table + <usize>row * CELL;
  const lineBytes = (<usize>n + 1) * CELL;
  for (let b: usize = 0; b < <usize>blocks; b++, at += lineBytes) {
    const lower = load<u32>(at);
    let below = <f64>lower;
    if (own && load<u32>(at, CELL) > lower) {
      const record = load<usize>(records + (b << 2));
      const sums = record + R_LISTS + (<usize>load<u32>(at, 4) << 3);
      const count = <f64>(load<u32>(at, CELL) - lower);
      const inverse = 1 / count;
      const mean = <f64>load<i64>(sums) * inverse;
      const square = <f64>load<u64>(sums + (<usize>load<u32>(record, R_BINS) << 3)) * inverse;
      if (square - mean * mean <= POINT) {
        const value = sign * (middleOf(key) + mean * unit);
        if (value < x || (closed && value == x)) below += count;
      } else {
        // 6δ in the direction of z, as a single.
        const tilt = <f32>(sign * max<f64>(-1, min<f64>(1, (6 * mean) / (2 * <f64>HALF))));
        below += (u + <f64>tilt * bend) * count;
      }
    }
    store<f64>(out + (b << 3), below);
  }
}
