import { judge, SINGLE_ACCURACY, scoreBeyond } from '../stats/guards.ts';
import { jackknifeError, type LeaveOneOut } from '../stats/jackknife.ts';

/** One number of the simulation beside its theory, before it is judged among the others. */
export interface Comparison {
  readonly ensemble: string;
  /** null: an average over the fan-ins of the ensemble. */
  readonly fanIn: number | null;
  readonly statistic: string;
  /** Initializer, activation and β of a cell; null for statistics of z alone. */
  readonly cell: string | null;
  readonly value: number;
  readonly theory: number;
  readonly mcse: number;
  readonly zscore: number;
  /** Blocks behind the error: blocks − 1 degrees of freedom. */
  readonly blocks: number;
}

/** A statistic of one (ensemble, fan-in) beside its theory, with what leaving out each block does to it. */
export interface Contrast extends LeaveOneOut {
  readonly statistic: string;
  readonly theory: number;
  /** Size of the statistic's unit: a standard deviation for a mean, 1 for a shape number; 0 where z is always 0. */
  readonly scale: number;
  /** Share of the scale that the statistic is computed to; 1e-6, that of single-precision draws, unless given. */
  readonly accuracy?: number;
}

/** The comparison of one contrast; null when its value or error is undefined (one block). */
export function comparison(ensemble: string, fanIn: number | null, contrast: Contrast): Comparison | null {
  const { statistic, value, theory, scale, shifts, accuracy = SINGLE_ACCURACY } = contrast;
  const error = jackknifeError(shifts);
  if (!Number.isFinite(value) || !Number.isFinite(error)) return null;
  const { mcse } = judge(value, error, null, scale);
  if (mcse === null) return null;
  const zscore = scoreBeyond(value - theory, mcse, accuracy * scale);
  return { ensemble, fanIn, statistic, cell: null, value, theory, mcse, zscore, blocks: shifts.length };
}

/**
 * The z-score that a row of the table is tested by: what its value, theory and error come to beyond the allowance. The one it
 * states is their plain quotient; where it is not, the row was made wrongly or changed, and the larger one counts.
 *
 * @param allowance difference that says nothing, in units of the value
 */
export function rowScore(stated: number, value: number, theory: number, mcse: number, allowance: number): number {
  // Without an error, rounding has no measure: a billionth of anything is taken for it.
  const floor = mcse > 0 ? allowance : Math.max(allowance, 1e-9);
  const own = scoreBeyond(value - theory, mcse, floor);
  const quotient = (value - theory) / mcse;
  const faithful = Math.abs(stated - quotient) <= 1e-9 * Math.abs(quotient);
  return faithful || Math.abs(own) > Math.abs(stated) ? own : stated;
}

/**
 * The block-wise average of (value − theory)/scale over fan-ins: a fault too small to see at one of them shows here. Fan-ins
 * share draws, so their leave-one-out shifts are averaged first and the error is taken of the average.
 *
 * @param contrasts one statistic at several fan-ins, with equal numbers of blocks and scales above 0; at least one
 */
export function average(contrasts: readonly [Contrast, ...Contrast[]]): Contrast {
  const shifts = new Float64Array(contrasts[0].shifts.length);
  let value = 0;
  for (const contrast of contrasts) {
    const weight = 1 / (contrasts.length * contrast.scale);
    value += (contrast.value - contrast.theory) * weight;
    for (let b = 0; b < shifts.length; b++) shifts[b] = (shifts[b] as number) + (contrast.shifts[b] as number) * weight;
  }
  const accuracy = Math.max(...contrasts.map((contrast) => contrast.accuracy ?? SINGLE_ACCURACY));
  return { statistic: contrasts[0].statistic, value, theory: 0, scale: 1, shifts, accuracy };
}
