import { columnMeans } from '../../model/column-means.ts';
import type { RowMoments } from '../../model/spec.ts';

const HIGHEST = 8;

/**
 * E x^k, k = 0…8, over the values. Of standardised values the first two are 0 and 1 by construction, and are given as
 * such, without the rounding of the sum.
 */
export function valueMoments(values: Float64Array, standardized: boolean): readonly number[] {
  const sums = new Float64Array(HIGHEST + 1);
  for (const v of values) {
    let power = 1;
    for (let k = 0; k <= HIGHEST; k++) {
      sums[k] = (sums[k] ?? 0) + power;
      power *= v;
    }
  }
  const moments = Array.from(sums, (sum) => sum / values.length);
  return standardized ? moments.map((m, k) => (k === 1 ? 0 : k === 2 ? 1 : m)) : moments;
}

/** E (x − E x)^k, k = 0…8, in a second pass: powers of a mean far from 0 would cancel. */
export function centralMoments(values: Float64Array): readonly number[] {
  const mean = meanOf(values);
  const moments = valueMoments(
    values.map((v) => v - mean),
    false,
  );
  return moments.map((m, k) => (k === 1 ? 0 : m));
}

/** Moments of rows cut to each fan-in. `values`, as they are drawn, are row-major; every fan-in is at most `columns`. */
export function rowMoments(values: Float32Array, columns: number, fanIns: readonly number[]): readonly RowMoments[] {
  const rows = values.length / columns;
  const means = columnMeans(values, columns);
  return fanIns.map((fanIn) => {
    let norm2 = 0;
    let norm4 = 0;
    let norm8 = 0;
    let sumFourth = 0;
    const sums = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let square = 0;
      let fourth = 0;
      let sum = 0;
      for (let column = 0; column < fanIn; column++) {
        const x = values[row * columns + column] as number;
        square += x * x;
        fourth += x * x * x * x;
        sum = Math.fround(sum + Math.fround(x - (means[column] as number)));
      }
      norm2 += square;
      norm4 += square * square;
      norm8 += square * square * square * square;
      sumFourth += fourth;
      sums[row] = sum;
    }
    const sumCentre = means.subarray(0, fanIn).reduce((sum, mean) => sum + mean, 0);
    return {
      fanIn,
      norm2: norm2 / rows,
      norm4: norm4 / rows,
      norm8: norm8 / rows,
      sumFourth: sumFourth / rows,
      sumCentre,
      sumMean: sumCentre + meanOf(sums),
      sumCentral: centralMoments(sums),
    };
  });
}

/** Without the cancellation of a sum far from 0. */
function meanOf(values: Float64Array): number {
  const first = values[0] ?? 0;
  return first + values.reduce((sum, v) => sum + (v - first), 0) / values.length;
}
