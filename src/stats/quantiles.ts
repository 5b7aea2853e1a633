import type { BinnedCdf } from './cdf.ts';
import { jackknifeError, leaveOneOutRatio } from './jackknife.ts';

/** A quantile with Woodruff's error and interval. */
export interface QuantileEstimate {
  readonly value: number;
  readonly mcse: number;
  /** Q(p − t·se_F) and Q(p + t·se_F). */
  readonly low: number;
  readonly high: number;
  /** se_F: jackknife error of the share of values below the quantile. */
  readonly shareError: number;
}

/** How many values of each block lie below a threshold; the arrays may be reused by the next call. */
export interface BlockShares {
  readonly blockCounts: ArrayLike<number>;
  below(x: number): ArrayLike<number>;
  atOrBelow(x: number): ArrayLike<number>;
}

/** {@link BlockShares} of distribution functions, one for each block. */
export function blockShares(blocks: readonly BinnedCdf[]): BlockShares {
  const counts = (share: (block: BinnedCdf) => number) =>
    blocks.map((block) => (block.count === 0 ? 0 : block.count * share(block)));
  return {
    blockCounts: blocks.map((block) => block.count),
    below: (x) => counts((block) => block.below(x)),
    atOrBelow: (x) => counts((block) => block.atOrBelow(x)),
  };
}

/** Two points closer than this, relative, are one lattice point smeared by rounding (128 units in the last place). */
const SMEAR = 2 ** -16;

/**
 * Quantile Q(p) and its error by Woodruff's method (1952, JASA 47, 635–646): the error of F at the
 * estimated quantile, by the block jackknife, is carried to the axis of z through the sample's own Q:
 * mcse = (Q(p + se_F) − Q(p − se_F))/2, where Q holds p ± se_F to [0, 1].
 *
 * Where the quantile is a lattice point that p falls inside of, the share is that of the values below it plus the part of
 * those on it that makes p overall, so a p just above a jump is judged by that jump.
 *
 * @param merged all blocks together
 * @param blocks the same values block by block; at least two blocks
 * @param t quantile of Student's t for the interval, blocks − 1 degrees of freedom; `studentTQuantile(0.975, blocks − 1)`
 * @returns null when there are no values
 */
export function woodruff(p: number, merged: BinnedCdf, blocks: BlockShares, t: number): QuantileEstimate | null {
  const value = merged.quantile(p);
  if (Number.isNaN(value)) return null;
  const smear = Math.abs(value) * SMEAR;
  const under = merged.below(value - smear);
  const upTo = merged.atOrBelow(value + smear);
  const part = upTo > under ? Math.max(0, Math.min(1, (p - under) / (upTo - under))) : 0;
  const counts = new Float64Array(blocks.below(value - smear));
  const upper = blocks.atOrBelow(value + smear);
  for (let b = 0; b < counts.length; b++) counts[b] = (1 - part) * (counts[b] as number) + part * (upper[b] as number);
  const { shifts } = leaveOneOutRatio(counts, blocks.blockCounts);
  const shareError = jackknifeError(shifts);
  return {
    value,
    mcse: (merged.quantile(p + shareError) - merged.quantile(p - shareError)) / 2,
    low: merged.quantile(p - t * shareError),
    high: merged.quantile(p + t * shareError),
    shareError,
  };
}
