import type { Kernel, MergedTally } from '../kernel/kernel.ts';
import { BinnedCdf } from '../stats/cdf.ts';
import { type Estimate, jackknife } from '../stats/jackknife.ts';
import { blockPowers, excessOf, meanOf, POWER_SUMS, skewnessOf, varianceOf } from '../stats/moments.ts';
import { woodruff } from '../stats/quantiles.ts';
import { readRecordHead, type TallyHead } from '../stats/record.ts';

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
  readonly min: number;
  readonly max: number;
  readonly cdf: BinnedCdf;
}

/**
 * Merges the records of all blocks of one (ensemble, fan-in).
 *
 * @param records `src/stats/record.ts`, one a block, in block order
 */
export function estimateEnsemble(kernel: Kernel, records: readonly Uint8Array[]): EnsembleEstimate {
  const tallies = records.map((record) => readRecordHead(record.buffer, record.byteOffset));
  const merged = kernel.merge(records);
  const powers = blockPowers(tallies);
  const cdf = new BinnedCdf(merged.bins, merged.counts, merged.sums, merged.points);
  return {
    merged,
    samples: tallies.reduce((n, tally) => n + tally.count, 0),
    mean: jackknife(powers, POWER_SUMS, meanOf),
    variance: jackknife(powers, POWER_SUMS, varianceOf),
    skewness: jackknife(powers, POWER_SUMS, skewnessOf),
    excess: jackknife(powers, POWER_SUMS, excessOf),
    quantiles: QUANTILES.map((p) => woodruff(p, cdf, merged, 0) ?? { value: null, mcse: null }),
    min: extreme(tallies, 'min', Math.min),
    max: extreme(tallies, 'max', Math.max),
    cdf,
  };
}

function extreme(tallies: readonly TallyHead[], end: 'min' | 'max', pick: (a: number, b: number) => number): number {
  return tallies.reduce((so, tally) => pick(so, tally[end]), (tallies[0] as TallyHead)[end]);
}
