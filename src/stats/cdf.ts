import { type Histogram, histogramOf, mergeTallies, pointBins } from './histogram.ts';
import { binMiddle, binUlp, HALF_BIN, type Tally } from './tally.ts';

/**
 * Distribution function of a binned sample.
 *
 * Inside a bin the density is linear with the mean the bin has: over u in [0, 1] across the bin,
 * F(u) = u + 6δ(u² − u), δ the offset of the mean from the middle in bin widths, held to ±1/6 where the density would
 * turn negative. A bin that is one point is a jump there, so lattices are exact. Bins ascend with z; a
 * negative bin's offsets grow with |z|, so its δ changes sign.
 */
export class BinnedCdf {
  readonly count: number;
  /** Values in the bins before each bin; one more entry than bins. */
  readonly #before: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** 6δ in the direction of z. */
  readonly #tilt: Float64Array;

  /**
   * @param bins signed keys, ascending
   * @param counts values in each bin
   * @param sums Σr in units of the last place from the bin's middle, growing with |z|
   * @param point 1 where all values of the bin are equal
   */
  constructor(bins: Int16Array, counts: Float64Array, sums: Float64Array, point: Uint8Array) {
    const size = bins.length;
    this.#before = new Float64Array(size + 1);
    this.#low = new Float64Array(size);
    this.#high = new Float64Array(size);
    this.#tilt = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      const bin = bins[i] as number;
      const sign = bin < 0 ? -1 : 1;
      const count = counts[i] as number;
      const offset = (sums[i] as number) / count;
      const middle = sign * binMiddle(bin);
      const ulp = sign * binUlp(bin);
      if (point[i] === 1) {
        this.#low[i] = this.#high[i] = middle + offset * ulp;
      } else {
        const half = HALF_BIN * Math.abs(ulp);
        this.#low[i] = middle - half;
        this.#high[i] = middle + half;
        this.#tilt[i] = sign * Math.max(-1, Math.min(1, (6 * offset) / (2 * HALF_BIN)));
      }
      this.#before[i + 1] = (this.#before[i] as number) + count;
    }
    this.count = this.#before[size] as number;
  }

  static of(histogram: Histogram): BinnedCdf {
    return new BinnedCdf(histogram.bins, histogram.counts, histogram.sums, pointBins(histogram));
  }

  static ofTallies(tallies: readonly Tally[]): BinnedCdf {
    const [first, ...rest] = tallies;
    return BinnedCdf.of(first !== undefined && rest.length === 0 ? histogramOf(first) : mergeTallies(tallies));
  }

  /** Share of values < x; NaN when there are none. */
  below(x: number): number {
    return this.#share(x, false);
  }

  /** Share of values ≤ x; differs from {@link below} only where a point lies at x. */
  atOrBelow(x: number): number {
    return this.#share(x, true);
  }

  /** Share of values in the open interval (from, to). */
  within(from: number, to: number): number {
    return to > from ? Math.max(0, this.below(to) - this.atOrBelow(from)) : 0;
  }

  /** Smallest x with P(z ≤ x) ≥ p; p is held to [0, 1]. NaN when there are no values. */
  quantile(p: number): number {
    if (this.count === 0) return Number.NaN;
    const target = p * this.count;
    const size = this.#low.length;
    let from = 0;
    let to = size - 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#before[middle + 1] as number) >= target) to = middle;
      else from = middle + 1;
    }
    const low = this.#low[from] as number;
    const width = (this.#high[from] as number) - low;
    if (width === 0) return low;
    const before = this.#before[from] as number;
    const share = Math.max(0, Math.min(1, (target - before) / ((this.#before[from + 1] as number) - before)));
    return low + width * inverse(this.#tilt[from] as number, share);
  }

  #share(x: number, closed: boolean): number {
    let from = 0;
    let to = this.#high.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const high = this.#high[middle] as number;
      if (high > x || (high === x && !closed)) to = middle;
      else from = middle + 1;
    }
    return ((this.#before[from] as number) + this.#part(from, x)) / this.count;
  }

  /** Values < x in bin i, which is the first not wholly below x. */
  #part(i: number, x: number): number {
    const low = this.#low[i];
    const high = this.#high[i] as number;
    if (low === undefined || low >= x || low === high) return 0;
    const u = (x - low) / (high - low);
    const share = u + (this.#tilt[i] as number) * (u * u - u);
    return share * ((this.#before[i + 1] as number) - (this.#before[i] as number));
  }
}

/** u with u + tilt·(u² − u) = share, in the form of the quadratic that loses no digits; 0/0 at tilt 1, share 0 is u = 0. */
function inverse(tilt: number, share: number): number {
  const linear = 1 - tilt;
  const denominator = linear + Math.sqrt(Math.max(0, linear * linear + 4 * tilt * share));
  return denominator === 0 ? 0 : Math.min(1, (2 * share) / denominator);
}
