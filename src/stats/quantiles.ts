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

/** Two points closer than this, relative, are one lattice point smeared by rounding (128 units in the last place). */
const SMEAR = 2 ** -16;

/**
 * Quantile Q(p) and its error by Woodruff's method (1952, JASA 47, 635–646; STATISTICS rule 5): the error of F at the
 * estimated quantile, by the block jackknife, is carried to the axis of z through the sample's own Q:
 * mcse = (Q(p + se_F) − Q(p − se_F))/2, with p ± se_F held to [0, 1].
 *
 * Where the quantile is a lattice point that p falls inside of, the share is that of the values below it plus the part of
 * those on it that makes p overall, so a p just above a jump is judged by that jump.
 *
 * @param merged all blocks together
 * @param blocks the same values block by block; at least two
 * @param t quantile of Student's t for the interval, blocks − 1 degrees of freedom; `studentTQuantile(0.975, blocks − 1)`
 * @returns null when there are no values
 */
export function woodruff(
  p: number,
  merged: BinnedCdf,
  blocks: readonly BinnedCdf[],
  t: number,
): QuantileEstimate | null {
  const value = merged.quantile(p);
  if (Number.isNaN(value)) return null;
  const smear = Math.abs(value) * SMEAR;
  const under = merged.below(value - smear);
  const upTo = merged.atOrBelow(value + smear);
  const part = upTo > under ? Math.max(0, Math.min(1, (p - under) / (upTo - under))) : 0;
  const shares = blocks.map((block) =>
    block.count === 0
      ? 0
      : block.count * ((1 - part) * block.below(value - smear) + part * block.atOrBelow(value + smear)),
  );
  const { shifts } = leaveOneOutRatio(
    shares,
    blocks.map((block) => block.count),
  );
  const shareError = jackknifeError(shifts);
  const at = (q: number) => merged.quantile(Math.max(0, Math.min(1, q)));
  return {
    value,
    mcse: (at(p + shareError) - at(p - shareError)) / 2,
    low: at(p - t * shareError),
    high: at(p + t * shareError),
    shareError,
  };
}
