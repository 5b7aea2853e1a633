import { EVENTFUL_BLOCKS, judge, rareLimits } from '../stats/guards.ts';
import { jackknifeError, leaveOneOutRatio } from '../stats/jackknife.ts';
import { NOTHING, type TableEstimate } from './column-writer.ts';

/** Sums and counts of one statistic by block, in block order. */
export interface BlockSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  /** How many of those counted were seen through, where the others are censored; all of them when left out. */
  readonly observed?: Float64Array;
}

/** A mean with its jackknife error; without one where it rests on too few blocks. */
export function meanOf(sums: BlockSums): TableEstimate {
  return estimate(sums, sizeOf(sums), !isBroad(sums));
}

/** A share of replicates: with an upper limit instead of an error where events are rare (docs/guide.md, Rare events). */
export function shareOf(sums: BlockSums): TableEstimate {
  const limits = limitsOf(sums);
  return limits === null ? meanOf(sums) : { ...estimate(sums, 0, true), upper: limits.upper };
}

/**
 * The difference of two means over the same replicates, with the draws that they share accounted for. It has an error where both
 * of them have one.
 *
 * @param shares whether they are shares of replicates
 */
export function differenceOf(one: BlockSums, other: BlockSums, shares: boolean): TableEstimate {
  const rare = [one, other].some((sums) => (shares ? limitsOf(sums) !== null : !isBroad(sums)));
  const sums = one.sums.map((sum, b) => sum - (other.sums[b] as number));
  return estimate({ sums, counts: one.counts }, Math.max(sizeOf(one), sizeOf(other)), rare);
}

/**
 * Whether enough blocks have something to count for an error, by the rule for shares. A mean over the survivors, where most diverge, may
 * rest on two blocks, and its error would have one degree of freedom.
 */
const isBroad = ({ counts, observed = counts }: BlockSums): boolean =>
  observed.reduce((blocks, count) => blocks + (count > 0 ? 1 : 0), 0) >= EVENTFUL_BLOCKS;

const limitsOf = ({ sums, counts }: BlockSums) => rareLimits(sums, counts, total(counts));

/**
 * Blocks in which nothing counts are left out: with a shift of 0 in the jackknife, they would overstate the error of the others, and they
 * add no degree of freedom.
 *
 * @param size of the numbers behind it, to measure rounding by
 */
function estimate({ sums, counts }: BlockSums, size: number, rare: boolean): TableEstimate {
  const counted = (_: number, b: number) => (counts[b] as number) > 0;
  const { value, shifts } = leaveOneOutRatio(sums.filter(counted), counts.filter(counted));
  if (!Number.isFinite(value)) return NOTHING;
  if (rare) return { value, mcse: null, upper: null, note: 'rare' };
  const error = jackknifeError(shifts);
  const { mcse, note } = judge(value, Number.isFinite(error) ? error : null, null, size);
  return { value, mcse, upper: null, note, blocks: shifts.length };
}

/** The largest mean of a block. */
function sizeOf({ sums, counts }: BlockSums): number {
  let size = 0;
  sums.forEach((sum, b) => {
    if ((counts[b] as number) > 0) size = Math.max(size, Math.abs(sum / (counts[b] as number)));
  });
  return size;
}

const total = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);
