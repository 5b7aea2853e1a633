import { BinnedCdf } from '../../stats/cdf.ts';
import { histogramOf, mergeTallies, pointBins } from '../../stats/histogram.ts';
import { blockPowers } from '../../stats/moments.ts';
import { readRecord } from '../../stats/record.ts';
import { ANSWER, type Functional, type MergedTally } from '../kernel.ts';
import { atomsOf } from './atoms.ts';
import { momentsWithErrors } from './functionals.ts';

/** Merges one record for each block. */
export function mergeRecords(records: readonly Uint8Array[], centre: number | null): MergedTally {
  // Views need the alignment that a copy of its own has.
  const tallies = records.map((record) => readRecord(Uint8Array.from(record).buffer, 0));
  const merged = mergeTallies(tallies);
  const middle = centre ?? Number.NaN;
  const histograms = tallies.map(histogramOf);
  const answers = (fine: boolean) => {
    const atoms = atomsOf(merged, middle, fine);
    const blocks = histograms.map((histogram) => atomsOf(histogram, middle, fine));
    return (functional: Functional): Float64Array => momentsWithErrors(functional, atoms, blocks);
  };
  const two = answers(false);
  const many = answers(true);
  const derived = (functional: Functional): Float64Array => {
    const [answer, better] = [two(functional), many(functional)];
    return centre === null && differ(answer, better) ? better : answer;
  };
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
    derive: (functionals) => Float64Array.from(functionals.flatMap((f) => [...derived(f)])),
  };
}

/** Share of the standard error that two atoms a bin may be off by. */
const SHARE = 1e-3;

function differ(answer: Float64Array, better: Float64Array): boolean {
  for (let i = 0; i < ANSWER / 2; i++) {
    const value = better[i] as number;
    // Beside a relative accuracy of sums, which is all that there is to say of what does not vary.
    const allowed = SHARE * (better[ANSWER / 2 + i] as number) + 1e-12 * Math.abs(value);
    if (Math.abs((answer[i] as number) - value) > allowed) return true;
  }
  return false;
}
