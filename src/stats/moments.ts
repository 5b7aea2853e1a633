import type { Tally } from './tally.ts';

/**
 * Power sums travel as rows of {@link POWER_SUMS} numbers, [n, Σy, Σy², Σy³, Σy⁴] with y = z − c about a fixed centre c.
 *
 * Tallies are centred on the exact E z, so the sample mean of y is of the order of its own standard error and shifting the
 * sums to it cancels nothing; about an arbitrary centre it would.
 */
export const POWER_SUMS = 5;

/** Mean squares this far below the squared offset are rounding: the sample has no variance. |mean of y| > 2²⁰ sd otherwise. */
const ROUNDING = 2 ** -40;

/** Moments of a sample; null where undefined (no values, or no variance for the two shape numbers). */
export interface Moments {
  readonly count: number;
  /** Mean of y: add the centre to get the mean of z. */
  readonly mean: number | null;
  /** m₂ = n⁻¹ Σ(y − ȳ)². */
  readonly variance: number | null;
  /** m₃ / m₂^1.5. */
  readonly skewness: number | null;
  /** m₄ / m₂² − 3. */
  readonly excess: number | null;
}

/** Mean of y from one row of power sums; NaN when empty. */
export function meanOf(sums: ArrayLike<number>): number {
  return (sums[1] as number) / (sums[0] as number);
}

/**
 * Population variance m₂ (divisor n) from one row of power sums; NaN when empty, exactly 0 when constant.
 *
 * n and not n − 1: values of one replicate depend on each other, so n − 1 would not make it unbiased either, and the bias
 * (−inflation/n relative) is below 2% of the standard error √((2 + excess)/n) from 4096 values on.
 */
export function varianceOf(sums: ArrayLike<number>): number {
  const n = sums[0] as number;
  const mean = (sums[1] as number) / n;
  const square = (sums[2] as number) / n;
  const variance = square - mean * mean;
  return variance <= ROUNDING * square ? 0 : variance;
}

/** Skewness m₃/m₂^1.5 from one row of power sums; NaN when empty or constant. */
export function skewnessOf(sums: ArrayLike<number>): number {
  const n = sums[0] as number;
  const variance = varianceOf(sums);
  if (!(variance > 0)) return Number.NaN;
  const mean = (sums[1] as number) / n;
  const third = (sums[3] as number) / n - 3 * mean * ((sums[2] as number) / n) + 2 * mean * mean * mean;
  return third / (variance * Math.sqrt(variance));
}

/** Excess kurtosis m₄/m₂² − 3 from one row of power sums; NaN when empty or constant. */
export function excessOf(sums: ArrayLike<number>): number {
  const n = sums[0] as number;
  const variance = varianceOf(sums);
  if (!(variance > 0)) return Number.NaN;
  const mean = (sums[1] as number) / n;
  const square = mean * mean;
  const fourth =
    (sums[4] as number) / n -
    4 * mean * ((sums[3] as number) / n) +
    6 * square * ((sums[2] as number) / n) -
    3 * square * square;
  return fourth / (variance * variance) - 3;
}

/** All moments of one row of power sums. */
export function moments(sums: ArrayLike<number>): Moments {
  return {
    count: sums[0] as number,
    mean: defined(meanOf(sums)),
    variance: defined(varianceOf(sums)),
    skewness: defined(skewnessOf(sums)),
    excess: defined(excessOf(sums)),
  };
}

/** Power sums of each block, row-major blocks × {@link POWER_SUMS}, in the order of the tallies. */
export function blockPowers(tallies: readonly Pick<Tally, 'count' | 'powers'>[]): Float64Array {
  const rows = new Float64Array(tallies.length * POWER_SUMS);
  tallies.forEach((tally, block) => {
    rows[block * POWER_SUMS] = tally.count;
    rows.set(tally.powers, block * POWER_SUMS + 1);
  });
  return rows;
}

/** Sums over the rows of a row-major blocks × `width` matrix, added in block order (so the result is the same everywhere). */
export function columnTotals(rows: Float64Array, width: number): Float64Array {
  const totals = new Float64Array(width);
  for (let at = 0; at < rows.length; at += width)
    for (let j = 0; j < width; j++) totals[j] = (totals[j] as number) + (rows[at + j] as number);
  return totals;
}

/** NaN and the infinities of an undefined quotient become null. */
function defined(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
