import { jackknifeRatio } from '../stats/jackknife.ts';
import { NOTHING, type TableEstimate } from './column-writer.ts';

/**
 * Median over the replicates of all blocks, null when it is infinite (half or more never came to an end). Its error is Woodruff's
 * (1952): the jackknife error s of the share at or below the median, carried through the quantiles, (Q(½ + s) − Q(½ − s))/2; null
 * where that reaches into the infinite ones.
 *
 * @param blocks values of each block's replicates; Infinity where censored
 */
export function medianOf(blocks: readonly Float64Array[]): TableEstimate {
  const all = Float64Array.from(blocks.flatMap((values) => [...values])).sort();
  const median = quantile(all, 0.5);
  if (!Number.isFinite(median)) return NOTHING;
  if (blocks.length < 2) return { ...NOTHING, value: median };
  const below = blocks.map((values) => values.reduce((count, value) => count + (value <= median ? 1 : 0), 0));
  const { mcse: share } = jackknifeRatio(
    below,
    blocks.map(({ length }) => length),
  );
  if (share === null) return { ...NOTHING, value: median };
  if (all[0] === all.at(-1)) return { value: median, mcse: 0, upper: null, note: 'degenerate' };
  const mcse = (quantile(all, Math.min(1, 0.5 + share)) - quantile(all, Math.max(0, 0.5 - share))) / 2;
  return { value: median, mcse: Number.isFinite(mcse) ? mcse : null, upper: null, note: null };
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
