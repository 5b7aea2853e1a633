import { binMiddle, binUlp, HALF_BIN, LOW_BITS, type Tally } from '../../stats/tally.ts';

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

interface Bin {
  count: number;
  sum: number;
  square: bigint;
}

/** Gathers single-precision values into the histogram that src/stats/tally.ts defines. */
export class Histogram {
  readonly #bins = new Map<number, Bin>();
  #min = Infinity;
  #max = -Infinity;

  add(value: number): void {
    single[0] = value + 0; // −0 becomes +0
    const bits = word[0] as number;
    const key = (bits & 0x7fffffff) >>> LOW_BITS;
    const r = (bits & (2 ** LOW_BITS - 1)) - HALF_BIN;
    const index = bits >>> 31 === 1 ? -1 - key : key;
    const bin = this.#bins.get(index) ?? { count: 0, sum: 0, square: 0n };
    this.#bins.set(index, bin);
    bin.count++;
    bin.sum += r;
    bin.square += BigInt(r * r);
    this.#min = Math.min(this.#min, value + 0);
    this.#max = Math.max(this.#max, value + 0);
  }

  tally(): Tally {
    const bins = [...this.#bins].sort(([a], [b]) => a - b);
    return {
      count: bins.reduce((total, [, { count }]) => total + count, 0),
      bins: Int16Array.from(bins, ([index]) => index),
      counts: Uint32Array.from(bins, ([, { count }]) => count),
      sums: BigInt64Array.from(bins, ([, { sum }]) => BigInt(sum)),
      squares: BigUint64Array.from(bins, ([, { square }]) => square),
      min: this.#min,
      max: this.#max,
      powers: powerSums(bins),
    };
  }
}

/**
 * Σz … Σz⁴, about the mean of each bin and then moved: Σz and Σz² exact; third and fourth leave out the skewness and the excess
 * within a bin.
 */
function powerSums(bins: readonly (readonly [number, Bin])[]): Float64Array {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (const [index, { count, sum, square }] of bins) {
    const unit = binUlp(index);
    const mean = binMiddle(index) + (unit * sum) / count;
    const centred = Math.max(0, Number(square) - (sum * sum) / count) * unit * unit; // count·variance
    const m2 = mean * mean;
    const sign = index < 0 ? -1 : 1;
    first += sign * (count * mean);
    second += count * m2 + centred;
    third += sign * (mean * (count * m2 + 3 * centred));
    fourth += m2 * (count * m2 + 6 * centred) + (centred * centred) / count;
  }
  return Float64Array.of(first, second, third, fourth);
}
