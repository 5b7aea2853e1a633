import type { Kernel, MergedTally } from '../kernel/kernel.ts';
import { BinnedCdf } from '../stats/cdf.ts';
import { type Estimate, jackknifeAll } from '../stats/jackknife.ts';
import { excessOf, meanOf, POWER_SUMS, skewnessOf, varianceOf } from '../stats/moments.ts';
import { woodruff } from '../stats/quantiles.ts';

/** Probabilities of the quantiles in the table. */
export const QUANTILES = [0.01, 0.05, 0.5, 0.95, 0.99] as const;

/** Everything that the tallies of one (ensemble, fan-in) say of z at unit weight scale, centred as they are. */
export interface EnsembleEstimate {
  readonly merged: MergedTally;
  readonly samples: number;
  readonly mean: Estimate;
  readonly variance: Estimate;
  readonly skewness: Estimate;
  readonly excess: Estimate;
  /** In the order of {@link QUANTILES}. */
  readonly quantiles: readonly Estimate[];
  readonly cdf: BinnedCdf;
}

/**
 * Merges the records of all blocks of one (ensemble, fan-in).
 *
 * @param records `src/stats/record.ts`, one a block, in block order
 * @param offset E z that the tallies are centred on: activations see z + offset
 */
export function estimateEnsemble(kernel: Kernel, records: readonly Uint8Array[], offset: number): EnsembleEstimate {
  const merged = kernel.merge(records, offset === 0 ? null : -offset);
  const { powers } = merged;
  const cdf = new BinnedCdf(merged.bins, merged.counts, merged.sums, merged.points);
  const moments = [meanOf, varianceOf, skewnessOf, excessOf];
  const [mean, variance, skewness, excess] = jackknifeAll(powers, POWER_SUMS, moments) as [
    Estimate,
    Estimate,
    Estimate,
    Estimate,
  ];
  return {
    merged,
    samples: merged.blockCounts.reduce((sum, count) => sum + count, 0),
    mean,
    variance,
    skewness,
    excess,
    quantiles: QUANTILES.map((p) => woodruff(p, cdf, merged, 0) ?? { value: null, mcse: null }),
    cdf,
  };
}
