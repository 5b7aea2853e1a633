/**
 * The mergeable statistics of one (block, ensemble, fan-in): a log-linear histogram keyed by the bits of the
 * single-precision value itself, 16 bins an octave, each bin with exact integer sums of the low mantissa bits.
 *
 * With `a` the low 31 bits of |z| as an IEEE 754 single, bin b = a >>> 19 for z ≥ 0 and −1 − (a >>> 19) for z < 0, so bins
 * ascend with the value. Inside a bin r = (a & 0x7ffff) − 2¹⁸, the offset in units of the last place from the bin's middle;
 * `sums` holds Σr and `squares` Σr². All are integers, so tallies merge exactly in any order. −0 counts as +0.
 */
export interface Tally {
  readonly count: number;
  /** Occupied bins, ascending; int16. */
  readonly bins: Int16Array;
  readonly counts: Uint32Array;
  readonly sums: BigInt64Array;
  readonly squares: BigUint64Array;
  /** Smallest and largest value (single precision). */
  readonly min: number;
  readonly max: number;
  /** Σz, Σz², Σz³, Σz⁴ in double precision, read from the bins: the first two exact, the others to 1e-6 relative. */
  readonly powers: Float64Array;
}

/** Whether a tally is one of `count` values, as far as its parts tell: what a file held may be anything. */
export function isTallyOf({ count: found, bins, counts, min, max }: Tally, count: number): boolean {
  if (found !== count || !(min <= max)) return false;
  // Asked of every tally that comes over a queue: a call for each bin would take as long as all else that is done with it.
  let sum = 0;
  for (let i = 0; i < bins.length; i++) {
    if (i > 0 && (bins[i] as number) <= (bins[i - 1] as number)) return false;
    sum += counts[i] as number;
  }
  return sum === count;
}

/** Mantissa bits below the bin key. */
export const LOW_BITS = 19;
/** Half a bin, in units of the last place. */
export const HALF_BIN = 2 ** (LOW_BITS - 1);
/** Bins of one sign. */
export const BINS_PER_SIGN = 4096;

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** |z| at the middle of bin `bin` (integer key as in {@link Tally}). */
export function binMiddle(bin: number): number {
  const key = bin >= 0 ? bin : -1 - bin;
  word[0] = ((key << LOW_BITS) | HALF_BIN) >>> 0;
  return single[0] as number;
}

/** 2^(e − 150) for each biased exponent e, 2⁻¹⁴⁹ for that of subnormals. */
const ULPS = Float64Array.from({ length: BINS_PER_SIGN >>> 4 }, (_, exponent) => 2 ** (Math.max(1, exponent) - 150));

/** The unit in the last place of singles in bin `bin`. */
export function binUlp(bin: number): number {
  const key = bin >= 0 ? bin : -1 - bin;
  return ULPS[key >>> 4] as number;
}
