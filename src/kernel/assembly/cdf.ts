// How many values of each block lie below a threshold: BinnedCdf of src/stats/cdf.ts for all blocks at once.

import { R_BINS, R_LISTS } from './merge';

const LOW_BITS = 19;
const HALF: u32 = 1 << 18;
/** Variance of r up to which a bin is one point, as in src/stats/histogram.ts. */
const POINT: f64 = 64 * 64;

/** Values in the bins before each bin of a record; one more entry than bins. */
export function prefixCounts(record: usize, out: usize): void {
  const n = <usize>load<u32>(record, R_BINS);
  const counts = record + R_LISTS + (n << 4);
  let sum: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    store<u32>(out + (i << 2), sum);
    sum += load<u32>(counts + (i << 2));
  }
  store<u32>(out + (n << 2), sum);
}

/** Key of the bin that holds a magnitude: of the largest single not above it. */
// @ts-ignore: decorator
@inline
function keyOf(magnitude: f64): u32 {
  const single = <f32>magnitude;
  const bits = reinterpret<u32>(single);
  return (<f64>single > magnitude ? bits - 1 : bits) >> LOW_BITS;
}

/** Values of bin `i` below x, which lies in it: a jump for a point, else the linear density of the bin's mean. */
// @ts-ignore: decorator
@inline
function part(record: usize, n: usize, i: usize, key: u32, negative: bool, x: f64, closed: bool): f64 {
  const c = <f64>load<u32>(record + R_LISTS + (n << 4) + (i << 2));
  const mean = <f64>load<i64>(record + R_LISTS + (i << 3)) / c;
  const square = <f64>load<i64>(record + R_LISTS + (n << 3) + (i << 3)) / c;
  const sign: f64 = negative ? -1 : 1;
  const middle = sign * <f64>reinterpret<f32>((key << LOW_BITS) | HALF);
  const unit = reinterpret<f64>(<u64>(max<u32>(1, key >> 4) - 150 + 1023) << 52);
  if (square - mean * mean <= POINT) {
    const value = middle + mean * (sign * unit);
    return value < x || (closed && value == x) ? c : 0;
  }
  const half = <f64>HALF * unit;
  const low = middle - half;
  const u = (x - low) / (middle + half - low);
  const tilt = sign * max<f64>(-1, min<f64>(1, (6 * mean) / (2 * <f64>HALF)));
  return (u + tilt * (u * u - u)) * c;
}

/**
 * Values below x (or, if `closed`, at it) in each of `blocks` records. `list` holds for each block the pointers of its record and
 * of its prefix counts; `out` receives one f64 each.
 */
export function blocksBelow(list: usize, blocks: i32, x: f64, closed: bool, out: usize): void {
  const negative = x < 0;
  const key = keyOf(abs(x));
  const bin = negative ? -1 - <i32>key : <i32>key;
  for (let b = 0; b < blocks; b++) {
    const record = load<usize>(list);
    const prefix = load<usize>(list, 4);
    const n = <usize>load<u32>(record, R_BINS);
    const bins = record + R_LISTS + 20 * n;
    let from: usize = 0;
    let to = n;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (<i32>load<i16>(bins + (middle << 1)) < bin) from = middle + 1;
      else to = middle;
    }
    let count = <f64>load<u32>(prefix + (from << 2));
    if (from < n && <i32>load<i16>(bins + (from << 1)) == bin) count += part(record, n, from, key, negative, x, closed);
    store<f64>(out, count);
    list += 8;
    out += 8;
  }
}
