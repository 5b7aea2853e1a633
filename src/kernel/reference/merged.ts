import { BinnedCdf } from '../../stats/cdf.ts';
import { histogramOf, mergeTallies, pointBins } from '../../stats/histogram.ts';
import { blockPowers } from '../../stats/moments.ts';
import { readRecord } from '../../stats/record.ts';
import type { MergedTally } from '../kernel.ts';
import { atomsOf } from './atoms.ts';
import { momentsWithErrors } from './functionals.ts';

/** Merges one record for each block. */
export function mergeRecords(records: readonly Uint8Array[], centre: number | null): MergedTally {
  // Views need the alignment that a copy of its own has.
  const tallies = records.map((record) => readRecord(Uint8Array.from(record).buffer, 0));
  const merged = mergeTallies(tallies);
  const middle = centre ?? Number.NaN;
  const atoms = atomsOf(merged, middle);
  const blocks = tallies.map((tally) => atomsOf(histogramOf(tally), middle));
  const cdfs = tallies.map((tally) => BinnedCdf.ofTallies([tally]));
  return {
    bins: merged.bins,
    counts: merged.counts,
    sums: merged.sums,
    points: pointBins(merged),
    powers: blockPowers(tallies),
    min: Math.min(...tallies.map(({ min }) => min)),
    max: Math.max(...tallies.map(({ max }) => max)),
    blockCounts: Float64Array.from(tallies, ({ count }) => count),
    below: (x) => Float64Array.from(cdfs, (cdf) => cdf.below(x) * cdf.count),
    atOrBelow: (x) => Float64Array.from(cdfs, (cdf) => cdf.atOrBelow(x) * cdf.count),
    derive: (functionals) => Float64Array.from(functionals.flatMap((f) => [...momentsWithErrors(f, atoms, blocks)])),
  };
}
