// Tallies of all blocks of one (ensemble, fan-in), merged into atoms for values and into coarse nodes for errors.

import { addBin, closeAtoms, openAtoms, POINT } from './atoms';
import { ulp } from './bins';
import { R_BINS, R_COUNT, R_LISTS, STRIP } from './layout';

const LOW_BITS = 19;
const HALF: u32 = 1 << 18;

/**
 * Dense sums of every bin: count, Σr, and the low and high halves of Σr² apart, which billions of values would overflow; all
 * i64. Bin b lies at 4096 + b: ascending values.
 */
const SLOT: usize = 32;
const SLOTS: i32 = 8192;

// @ts-ignore: decorator
@inline
function edge(key: u32): f64 {
  return <f64>reinterpret<f32>(key << LOW_BITS);
}

// @ts-ignore: decorator
@inline
function magnitude(slot: i32): u32 {
  return slot >= 4096 ? slot - 4096 : 4095 - slot;
}

export function mergeBegin(dense: usize): void {
  memory.fill(dense, 0, SLOT * SLOTS);
}

/** Adds one block's record: exact integers, any order. */
export function mergeAdd(dense: usize, record: usize): void {
  const n = <usize>load<u32>(record, R_BINS);
  const sums = record + R_LISTS;
  const squares = sums + (n << 3);
  const counts = squares + (n << 3);
  const bins = counts + (n << 2);
  for (let i: usize = 0; i < n; i++) {
    const at = dense + <usize>(<i32>load<i16>(bins + (i << 1)) + 4096) * SLOT;
    store<i64>(at, load<i64>(at) + <i64>load<u32>(counts + (i << 2)));
    store<i64>(at, load<i64>(at, 8) + load<i64>(sums + (i << 3)), 8);
    const square = load<u64>(squares + (i << 3));
    store<u64>(at, load<u64>(at, 16) + (square & 0xffffffff), 16);
    store<u64>(at, load<u64>(at, 24) + (square >> 32), 24);
  }
}

/**
 * Writes the merged tally's occupied bins, ascending: their counts and Σr (f64), keys (i16) and whether they are points (u8).
 * The atoms go to `atoms` and `weights` (see atoms.ts). Returns the number of bins; `atomCount` gives that of the atoms.
 */
export function mergeEnd(
  dense: usize, total: f64, centre: f64, counts: usize, sums: usize, atoms: usize, weights: usize, bins: usize, points: usize,
): u32 {
  let n: usize = 0;
  openAtoms(atoms, weights);
  for (let slot = 0; slot < SLOTS; slot++) {
    const at = dense + <usize>slot * SLOT;
    const count = load<i64>(at);
    if (count == 0) continue;
    const sum = <f64>load<i64>(at, 8);
    const square = <f64>load<u64>(at, 24) * 4294967296 + <f64>load<u64>(at, 16);
    const key = magnitude(slot);
    const c = <f64>count;
    const mean = sum / c;
    const variance = max<f64>(0, square / c - mean * mean);
    addBin(key, slot < 4096, ulp(key), mean, variance, c / total, centre);
    store<f64>(counts + (n << 3), c);
    store<f64>(sums + (n << 3), sum);
    store<i16>(bins + (n << 1), <i16>(slot - 4096));
    store<u8>(points + n, variance <= POINT ? 1 : 0);
    n++;
  }
  atomTotal = closeAtoms(atoms);
  return <u32>n;
}

let atomTotal: i32 = 0;

/** Number of atoms of the last `mergeEnd`. */
export function atomCount(): i32 {
  return atomTotal;
}

/** Gauss–Legendre nodes of order three lie at 0 and ±√(3/5). */
const ROOT: f64 = 0.7745966692414834;
/** Bins that share one set of three nodes: half an octave. */
const COARSE_BITS = 3;

/**
 * Lays three nodes in every coarse bin that the merged tally occupies. `index` (i32 × 1024) receives the number of a coarse
 * bin's first node, −1 elsewhere; `nodes` the positions. Returns the number of nodes, padded to an even one.
 */
export function layNodes(bins: usize, n: i32, index: usize, nodes: usize): i32 {
  memory.fill(index, 0xff, 4096);
  let count: usize = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const slot = <i32>load<i16>(bins + (i << 1)) + 4096;
    const at = index + (<usize>(slot >> COARSE_BITS) << 2);
    if (load<i32>(at) >= 0) continue;
    store<i32>(at, <i32>count);
    const key = magnitude(slot) & ~7;
    const zero = slot >= 4096 && key == 0;
    // What lies in the lowest bin is 0 itself (a lattice point), where relu′ is 0: its nodes must not lie above.
    const middle = zero ? 0 : 0.5 * (edge(key) + edge(key + 8));
    const half = zero ? 0 : 0.5 * (edge(key + 8) - edge(key));
    const sign: f64 = slot < 4096 ? -1 : 1;
    const to = nodes + (count << 3);
    store<f64>(to, sign * (middle - half * ROOT));
    store<f64>(to, sign * middle, 8);
    store<f64>(to, sign * (middle + half * ROOT), 16);
    count += 3;
  }
  if (count & 1) {
    store<f64>(nodes + (count << 3), 0);
    count++;
  }
  return <i32>count;
}

/**
 * Adds one block's record to its column of the node weights: each coarse bin's count, Σz and Σz² become weights on its three
 * nodes that give the same three sums, over the block's count. `panels` holds runs of 128 nodes as in product.ts, with the
 * block as column; `block` counts within a group of 64.
 */
export function weighNodes(record: usize, block: i32, index: usize, panels: usize): void {
  const n = <usize>load<u32>(record, R_BINS);
  const sums = record + R_LISTS;
  const squares = sums + (n << 3);
  const counts = squares + (n << 3);
  const bins = counts + (n << 2);
  const share = 1 / <f64>load<u32>(record, R_COUNT);
  const column = panels + <usize>(block >> 2) * STRIP + (<usize>(block & 3) << 2);
  let i: usize = 0;
  while (i < n) {
    const slot = <i32>load<i16>(bins + (i << 1)) + 4096;
    const coarse = slot >> COARSE_BITS;
    const key = magnitude(slot) & ~7;
    const middle = 0.5 * (edge(key) + edge(key + 8));
    const inverse = 2 / (edge(key + 8) - edge(key));
    let m0: f64 = 0;
    let m1: f64 = 0;
    let m2: f64 = 0;
    while (i < n) {
      const own = <i32>load<i16>(bins + (i << 1)) + 4096;
      if (own >> COARSE_BITS != coarse) break;
      const c = <f64>load<u32>(counts + (i << 2));
      const r = <f64>load<i64>(sums + (i << 3)) / c;
      const rr = <f64>load<u64>(squares + (i << 3)) / c;
      const fine = magnitude(own);
      // t = (|z| − middle)/half = a + b·r
      const b = ulp(fine) * inverse;
      const a = (<f64>reinterpret<f32>((fine << LOW_BITS) | HALF) - middle) * inverse;
      m0 += c;
      m1 += c * (a + b * r);
      m2 += c * (a * a + 2 * a * b * r + b * b * rr);
      i++;
    }
    const outer = m2 / 0.6;
    const tilt = m1 / ROOT;
    const first = load<i32>(index + (<usize>coarse << 2));
    putWeight(column, first, 0.5 * (outer - tilt) * share);
    putWeight(column, first + 1, (m0 - outer) * share);
    putWeight(column, first + 2, 0.5 * (outer + tilt) * share);
  }
}

// @ts-ignore: decorator
@inline
function putWeight(column: usize, node: i32, weight: f64): void {
  store<f32>(column + <usize>(node >> 7) * 16 * STRIP + (<usize>(node & 127) << 4), <f32>weight);
}
