import { judge, rareLimits } from '../stats/guards.ts';
import { jackknifeError, type LeaveOneOut, leaveOneOutRatio } from '../stats/jackknife.ts';
import { NOTHING, type TableEstimate } from './column-writer.ts';

/** Sums and counts of one statistic by block, in block order. */
export interface BlockSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/** Blocks without which there is no standard error. */
const LEAST_BLOCKS = 2;

/** A mean with its jackknife error. */
export function meanOf({ sums, counts }: BlockSums): TableEstimate {
  return described(shifts({ sums, counts }), sizeOf(sums, counts));
}

/** A share of replicates: with an upper limit instead of an error where events are rare (STATISTICS, rule 5). */
export function shareOf({ sums, counts }: BlockSums): TableEstimate {
  const replicates = counts.reduce((a, b) => a + b, 0);
  if (replicates === 0) return NOTHING;
  const limits = rareLimits(sums, counts, replicates);
  if (limits === null) return meanOf({ sums, counts });
  return { value: sums.reduce((a, b) => a + b, 0) / replicates, mcse: null, upper: limits.upper, note: 'rare' };
}

/** The difference of two means over the same blocks, with the draws that they share accounted for. */
export function differenceOf(one: BlockSums, other: BlockSums): TableEstimate {
  const a = shifts(one);
  const b = shifts(other);
  if (a === null || b === null) return NOTHING;
  const own = { value: a.value - b.value, shifts: a.shifts.map((shift, i) => shift - (b.shifts[i] as number)) };
  return described(own, Math.max(sizeOf(one.sums, one.counts), sizeOf(other.sums, other.counts)));
}

/** Blocks without anything to count are left out. */
function shifts({ sums, counts }: BlockSums): LeaveOneOut | null {
  const total = counts.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  return leaveOneOutRatio(sums, counts);
}

function described(found: LeaveOneOut | null, scale: number): TableEstimate {
  if (found === null || !Number.isFinite(found.value)) return NOTHING;
  // One block with everything in it leaves nothing when it is left out.
  const error = found.shifts.length < LEAST_BLOCKS ? Number.NaN : jackknifeError(found.shifts);
  const { mcse, note } = judge(found.value, Number.isFinite(error) ? error : null, null, scale);
  return { value: found.value, mcse, upper: null, note };
}

/** Size of the numbers behind a mean, to measure rounding by. */
function sizeOf(sums: Float64Array, counts: Float64Array): number {
  let size = 0;
  sums.forEach((sum, b) => {
    if ((counts[b] as number) > 0) size = Math.max(size, Math.abs(sum / (counts[b] as number)));
  });
  return size;
}
