import { BinnedCdf } from '../../stats/cdf.ts';
import { binAtoms, type Histogram, histogramOf, mergeTallies, pointBins } from '../../stats/histogram.ts';
import { readRecord } from '../../stats/record.ts';
import type { MergedTally } from '../kernel.ts';
import { type Atoms, momentsWithErrors } from './functionals.ts';

/** Two atoms a bin, at m ± √v of the values inside it, ascending. */
function atomsOf(histogram: Histogram): Atoms {
  const { means, spreads } = binAtoms(histogram);
  const points = new Float64Array(2 * means.length);
  const weights = new Float64Array(2 * means.length);
  means.forEach((mean, i) => {
    const spread = spreads[i] as number;
    points.set([mean - spread, mean + spread], 2 * i);
    weights.fill(0.5 * ((histogram.counts[i] as number) / histogram.count), 2 * i, 2 * i + 2);
  });
  return { points, weights };
}

/** Merges one record for each block. */
export function mergeRecords(records: readonly Uint8Array[]): MergedTally {
  // Views need the alignment that a copy of its own has.
  const tallies = records.map((record) => readRecord(Uint8Array.from(record).buffer, 0));
  const merged = mergeTallies(tallies);
  const atoms = atomsOf(merged);
  const blocks = tallies.map((tally) => atomsOf(histogramOf(tally)));
  const cdfs = tallies.map((tally) => BinnedCdf.ofTallies([tally]));
  return {
    bins: merged.bins,
    counts: merged.counts,
    sums: merged.sums,
    points: pointBins(merged),
    blockCounts: Float64Array.from(tallies, ({ count }) => count),
    below: (x) => Float64Array.from(cdfs, (cdf) => cdf.below(x) * cdf.count),
    atOrBelow: (x) => Float64Array.from(cdfs, (cdf) => cdf.atOrBelow(x) * cdf.count),
    derive: (functionals) => Float64Array.from(functionals.flatMap((f) => [...momentsWithErrors(f, atoms, blocks)])),
  };
}
