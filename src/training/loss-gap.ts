import { type RecordLayout, STEP_SUMS, stepAt } from './arm-record.ts';

/**
 * max |L − L_baseline| / L_baseline over blocks and recorded steps, L the mean of a block; null where a network of one of them is not
 * finite. Opposite differences in one block cancel: blocks of one network each compare single networks.
 */
export function lossGap(
  layout: RecordLayout,
  own: readonly Float64Array[],
  others: readonly Float64Array[],
): number | null {
  let gap = 0;
  for (const [b, record] of own.entries()) {
    const other = others[b] as Float64Array;
    for (let s = 0; s < layout.steps; s++) {
      const finite = stepAt(layout, s, STEP_SUMS.finite);
      if (record[finite] !== layout.replicates || other[finite] !== layout.replicates) return null;
      const at = stepAt(layout, s, STEP_SUMS.loss);
      const difference = Math.abs((record[at] as number) - (other[at] as number));
      if (difference > 0) gap = Math.max(gap, difference / Math.abs(other[at] as number));
    }
  }
  return Number.isFinite(gap) ? gap : null;
}
