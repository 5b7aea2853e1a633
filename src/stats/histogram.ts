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

/** Mean and standard deviation inside each bin, in units of z: the two atoms that may stand for its values are mean ± spread. */
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

/** One tally, as doubles. */
export function histogramOf(tally: Tally): Histogram {
  return {
    count: tally.count,
    bins: tally.bins,
    counts: Float64Array.from(tally.counts),
    sums: doubles(tally.sums, true),
    squares: doubles(tally.squares, false),
  };
}

/** Merges tallies bin by bin. Counts and Σr are exact below 2⁵³, Σr² to 1e-16 relative, added in the order given. */
export function mergeTallies(tallies: readonly Tally[]): Histogram {
  const counts = new Float64Array(slots);
  const sums = new Float64Array(slots);
  const squares = new Float64Array(slots);
  let total = 0;
  for (const tally of tallies) {
    const part = histogramOf(tally);
    total += part.count;
    for (let i = 0; i < part.bins.length; i++) {
      const slot = (part.bins[i] as number) + BINS_PER_SIGN;
      counts[slot] = (counts[slot] as number) + (part.counts[i] as number);
      sums[slot] = (sums[slot] as number) + (part.sums[i] as number);
      squares[slot] = (squares[slot] as number) + (part.squares[i] as number);
    }
  }
  const occupied = Int16Array.from(counts.keys()).filter((slot) => counts[slot] !== 0);
  const pick = (from: Float64Array) => Float64Array.from(occupied, (slot) => from[slot] as number);
  return {
    count: total,
    bins: occupied.map((slot) => slot - BINS_PER_SIGN),
    counts: pick(counts),
    sums: pick(sums),
    squares: pick(squares),
  };
}

/**
 * 64-bit integers as doubles, by their little-endian halves: reading an element would allocate a bigint for each. (Shared
 * WebAssembly memory is little-endian everywhere, and so is Arrow.)
 */
function doubles({ buffer, byteOffset, length }: BigInt64Array | BigUint64Array, signed: boolean): Float64Array {
  const words = signed
    ? new Int32Array(buffer, byteOffset, 2 * length)
    : new Uint32Array(buffer, byteOffset, 2 * length);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++)
    values[i] = (words[2 * i + 1] as number) * 2 ** 32 + ((words[2 * i] as number) >>> 0);
  return values;
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
