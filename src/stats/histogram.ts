import { BINS_PER_SIGN, binMiddle, binUlp, type Tally } from './tally.ts';

/** The bins of one or many tallies, with sums as doubles; all arrays have one entry a bin, bins ascending. */
export interface Histogram {
  readonly count: number;
  readonly bins: Int16Array;
  readonly counts: Float64Array;
  /** Σr and Σr² of the offset r from the bin's middle, in units of the last place, growing with |z| (see {@link Tally}). */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Mean and standard deviation inside each bin, in units of z: the two atoms of DESIGN section 1 are mean ± spread. */
export interface Atoms {
  readonly means: Float64Array;
  readonly spreads: Float64Array;
}

/**
 * A bin whose values lie within this many units of the last place of each other (as a standard deviation) is one point:
 * a lattice value smeared by single-precision rounding of the running sum, or a single draw. A bin is 524,288 wide.
 */
const POINT_SPREAD = 64;

const slots = 2 * BINS_PER_SIGN;

/**
 * Merges tallies bin by bin. Counts and Σr are exact below 2⁵³, Σr² to 1e-16 relative, added in the order given.
 */
export function mergeTallies(tallies: readonly Tally[]): Histogram {
  const counts = new Float64Array(slots);
  const sums = new Float64Array(slots);
  const squares = new Float64Array(slots);
  let first = slots;
  let last = -1;
  for (const tally of tallies) {
    // Little-endian halves: reading 64-bit elements would allocate a bigint for each (every platform of Node's WebAssembly
    // with shared memory is little-endian, and so is Arrow).
    const sumWords = new Int32Array(tally.sums.buffer, tally.sums.byteOffset, 2 * tally.sums.length);
    const squareWords = new Uint32Array(tally.squares.buffer, tally.squares.byteOffset, 2 * tally.squares.length);
    for (let i = 0; i < tally.bins.length; i++) {
      const slot = (tally.bins[i] as number) + BINS_PER_SIGN;
      if (slot < first) first = slot;
      if (slot > last) last = slot;
      counts[slot] = (counts[slot] as number) + (tally.counts[i] as number);
      sums[slot] = (sums[slot] as number) + signed(sumWords, i);
      squares[slot] = (squares[slot] as number) + signed(squareWords, i);
    }
  }
  const occupied: number[] = [];
  for (let slot = first; slot <= last; slot++) if (counts[slot] !== 0) occupied.push(slot);
  return {
    count: tallies.reduce((n, t) => n + t.count, 0),
    bins: Int16Array.from(occupied, (slot) => slot - BINS_PER_SIGN),
    counts: Float64Array.from(occupied, (slot) => counts[slot] as number),
    sums: Float64Array.from(occupied, (slot) => sums[slot] as number),
    squares: Float64Array.from(occupied, (slot) => squares[slot] as number),
  };
}

/** The 64-bit integer in words 2i, 2i + 1; its sign is that of the array's elements. */
function signed(words: Int32Array | Uint32Array, i: number): number {
  return (words[2 * i + 1] as number) * 2 ** 32 + ((words[2 * i] as number) >>> 0);
}

/** Mean and standard deviation of z inside each bin. */
export function binAtoms(histogram: Histogram): Atoms {
  const means = new Float64Array(histogram.bins.length);
  const spreads = new Float64Array(histogram.bins.length);
  for (let i = 0; i < means.length; i++) {
    const bin = histogram.bins[i] as number;
    const ulp = binUlp(bin);
    const size = binMiddle(bin) + offset(histogram, i) * ulp;
    means[i] = bin < 0 ? -size : size;
    spreads[i] = Math.sqrt(offsetVariance(histogram, i)) * ulp;
  }
  return { means, spreads };
}

/** 1 for each bin that is one point (all values equal but for rounding), else 0. */
export function pointBins(histogram: Histogram): Uint8Array {
  const points = new Uint8Array(histogram.bins.length);
  for (let i = 0; i < points.length; i++)
    points[i] = offsetVariance(histogram, i) <= POINT_SPREAD * POINT_SPREAD ? 1 : 0;
  return points;
}

function offset({ sums, counts }: Histogram, i: number): number {
  return (sums[i] as number) / (counts[i] as number);
}

/** Exact but for 2⁻¹⁶ squared units: |r| is below 2¹⁸. */
function offsetVariance(histogram: Histogram, i: number): number {
  const mean = offset(histogram, i);
  return Math.max(0, (histogram.squares[i] as number) / (histogram.counts[i] as number) - mean * mean);
}
