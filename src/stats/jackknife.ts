import { log } from '../numeric/elementary.ts';

import { columnTotals } from './moments.ts';

/** A number with its Monte Carlo standard error; null where undefined. */
export interface Estimate {
  readonly value: number | null;
  readonly mcse: number | null;
}

/** A statistic and how it moves when each block in turn is left out. */
export interface LeaveOneOut {
  readonly value: number;
  /** θ₍ᵢ₎ − θ, one for each block. */
  readonly shifts: Float64Array;
}

/** Maps one row of block sums to a statistic, NaN where undefined; must not keep or change its argument. */
export type SumStatistic = (sums: Float64Array) => number;

/**
 * Statistics of all blocks, and their shifts when each is left out.
 *
 * The sums without block i come from running sums before and after it, never from total − block: no cancellation when one
 * heavy-tailed block outweighs the rest. Plain double arithmetic in block order.
 *
 * @param rows row-major blocks × `width` matrix of additive sums (a count among them)
 */
function leaveOneOutAll(rows: Float64Array, width: number, statistics: readonly SumStatistic[]): LeaveOneOut[] {
  const blocks = rows.length / width;
  const after = new Float64Array(rows.length + width);
  for (let i = rows.length - 1; i >= 0; i--) after[i] = (rows[i] as number) + (after[i + width] as number);
  const totals = columnTotals(rows, width);
  const all = statistics.map((statistic) => ({ value: statistic(totals), shifts: new Float64Array(blocks) }));
  const before = new Float64Array(width);
  const rest = new Float64Array(width);
  for (let b = 0; b < blocks; b++) {
    const at = b * width;
    for (let j = 0; j < width; j++) rest[j] = (before[j] as number) + (after[at + width + j] as number);
    all.forEach(({ value, shifts }, i) => {
      shifts[b] = (statistics[i] as SumStatistic)(rest) - value;
    });
    for (let j = 0; j < width; j++) before[j] = (before[j] as number) + (rows[at + j] as number);
  }
  return all;
}

/** The same for one statistic. */
export function leaveOneOut(rows: Float64Array, width: number, statistic: SumStatistic): LeaveOneOut {
  return leaveOneOutAll(rows, width, [statistic])[0] as LeaveOneOut;
}

/**
 * {@link leaveOneOut} for a ratio of sums Σa/Σn, in closed form: θ₍ᵢ₎ − θ = (nᵢθ − aᵢ)/(N − nᵢ). A mean is a ratio with counts below.
 */
export function leaveOneOutRatio(numerators: ArrayLike<number>, denominators: ArrayLike<number>): LeaveOneOut {
  let a = 0;
  let n = 0;
  for (let b = 0; b < numerators.length; b++) {
    a += numerators[b] as number;
    n += denominators[b] as number;
  }
  const value = a / n;
  const shifts = new Float64Array(numerators.length);
  for (let b = 0; b < shifts.length; b++) {
    const own = denominators[b] as number;
    shifts[b] = (own * value - (numerators[b] as number)) / (n - own);
  }
  return { value, shifts };
}

/**
 * Delete-one-block jackknife error √((B − 1)/B · Σ(θ₍ᵢ₎ − θ̄)²) (Efron & Stein 1981; Miller 1974, eq. 2.3) from the shifts.
 * NaN with fewer than two blocks. Shifts of several statistics of the same blocks may be added or averaged first: the
 * result is then the error of their sum or average, with the draws they share accounted for.
 */
export function jackknifeError(shifts: Float64Array): number {
  const blocks = shifts.length;
  if (blocks < 2) return Number.NaN;
  let mean = 0;
  for (let b = 0; b < blocks; b++) mean += shifts[b] as number;
  mean /= blocks;
  let largest = 0;
  for (let b = 0; b < blocks; b++) largest = Math.max(largest, Math.abs((shifts[b] as number) - mean));
  const unit = powerNear(largest);
  let squares = 0;
  for (let b = 0; b < blocks; b++) {
    const deviation = ((shifts[b] as number) - mean) / unit;
    squares += deviation * deviation;
  }
  return Math.sqrt(((blocks - 1) / blocks) * squares) * unit;
}

/** A power of two near x ≥ 0: numbers in units of it have squares that a double holds, and the same digits. */
function powerNear(x: number): number {
  const exponent = Math.max(-1000, Math.floor(log(x) / Math.LN2));
  return 2 ** exponent;
}

/** Any statistic of additive block sums with its jackknife error. Arguments as for {@link leaveOneOut}. */
export function jackknife(rows: Float64Array, width: number, statistic: SumStatistic): Estimate {
  return estimate(leaveOneOut(rows, width, statistic));
}

/** Several statistics of the same sums. */
export function jackknifeAll(rows: Float64Array, width: number, statistics: readonly SumStatistic[]): Estimate[] {
  return leaveOneOutAll(rows, width, statistics).map(estimate);
}

/** A mean or ratio of block sums with its jackknife error. Arguments as for {@link leaveOneOutRatio}. */
export function jackknifeRatio(numerators: ArrayLike<number>, denominators: ArrayLike<number>): Estimate {
  return estimate(leaveOneOutRatio(numerators, denominators));
}

function estimate({ value, shifts }: LeaveOneOut): Estimate {
  if (!Number.isFinite(value)) return { value: null, mcse: null };
  const mcse = jackknifeError(shifts);
  return { value, mcse: Number.isFinite(mcse) ? mcse : null };
}
