/** Mantissa bits that tell bins apart: 256 an octave. */
const SHIFT = 15;
const BINS = 2 ** (32 - SHIFT);

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/**
 * Counts singles by their leading bits, and their power sums: a hundred million values a second fit, and every bin edge is a number at
 * which an exact distribution function can be asked.
 */
export class BitHistogram {
  readonly #counts = new Float64Array(BINS);
  readonly powers = new Float64Array(4);
  count = 0;

  add(values: Float32Array): void {
    const counts = this.#counts;
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    let [s1, s2, s3, s4] = [0, 0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const bin = (bits[i] as number) >>> SHIFT;
      counts[bin] = (counts[bin] as number) + 1;
      const x = values[i] as number;
      const square = x * x;
      s1 += x;
      s2 += square;
      s3 += square * x;
      s4 += square * square;
    }
    [s1, s2, s3, s4].forEach((sum, k) => {
      this.powers[k] = (this.powers[k] as number) + sum;
    });
    this.count += values.length;
  }

  /** `counts[i]` values lie between `edges[i − 1]` and `edges[i]`, ascending; the outermost intervals have no end. */
  intervals(): { edges: number[]; counts: number[] } {
    const infinite = 0x7f800000 >>> SHIFT;
    const counts: number[] = [];
    const ends: number[] = [];
    for (let k = infinite - 1; k >= 0; k--) {
      counts.push(this.#counts[k + BINS / 2] as number);
      ends.push(-start(k));
    }
    for (let k = 0; k < infinite; k++) {
      counts.push(this.#counts[k] as number);
      ends.push(start(k + 1));
    }
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    return { edges: ends.slice(first, last), counts: counts.slice(first, last + 1) };
  }
}

/** The least magnitude of bin k. */
function start(k: number): number {
  word[0] = k << SHIFT;
  return single[0] as number;
}
