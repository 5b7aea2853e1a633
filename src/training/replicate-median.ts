import { EVENTFUL_BLOCKS } from '../stats/guards.ts';
import { jackknifeError, leaveOneOutRatio } from '../stats/jackknife.ts';
import { NOTHING, type TableEstimate } from './column-writer.ts';

/**
 * Median over the replicates of all blocks, null when it is infinite (half or more never came to an end). Its error is Woodruff's
 * (1952): the jackknife error s of the share at or below the median, carried through the quantiles, (Q(½ + s) − Q(½ − s))/2, but no
 * less than what a median on a lattice (of steps) can tell; null where that reaches into the infinite ones, or there are too few blocks.
 *
 * @param blocks values of each block's replicates; Infinity where censored
 */
export function medianOf(blocks: readonly Float64Array[]): TableEstimate {
  const all = Float64Array.from(blocks.flatMap((values) => [...values])).sort();
  const value = quantile(all, 0.5);
  if (!Number.isFinite(value)) return NOTHING;
  if (blocks.length < EVENTFUL_BLOCKS) return { ...NOTHING, value, note: 'rare' };
  if (all[0] === all.at(-1)) return { ...NOTHING, value, mcse: 0, note: 'degenerate' };
  const below = blocks.map((values) => values.reduce((count, own) => count + (own <= value ? 1 : 0), 0));
  const share = jackknifeError(
    leaveOneOutRatio(
      below,
      blocks.map(({ length }) => length),
    ).shifts,
  );
  const spread = (quantile(all, Math.min(1, 0.5 + share)) - quantile(all, Math.max(0, 0.5 - share))) / 2;
  const mcse = Math.max(spread, resolution(all, value));
  return { ...NOTHING, value, mcse: Number.isFinite(mcse) ? mcse : null };
}

/** Half the distance to the nearest other value: where all quantiles near the median are one number, it is known to that. */
function resolution(values: Float64Array, median: number): number {
  const distances = values.map((value) => Math.abs(value - median)).filter((distance) => distance > 0);
  return distances.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY) / 2;
}

/** Quantile of ascending values, interpolated between the two nearest (Hyndman & Fan 1996, type 7). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  const share = at - low;
  // Not share·∞ with share 0.
  return share === 0 ? (sorted[low] as number) : (sorted[low] as number) + share * (high - (sorted[low] as number));
}
