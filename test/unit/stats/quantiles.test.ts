import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../src/numeric/special.ts';
import { BinnedCdf } from '../../../src/stats/cdf.ts';
import { type Histogram, histogramOf, mergeTallies } from '../../../src/stats/histogram.ts';
import { intervalFactor } from '../../../src/stats/holm.ts';
import { jackknifeError } from '../../../src/stats/jackknife.ts';
import { blockShares, woodruff } from '../../../src/stats/quantiles.ts';
import type { Tally } from '../../../src/stats/tally.ts';
import { binomialBounds } from '../../support/binomial.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';

const t64 = intervalFactor(64);
const split = (tallies: readonly Tally[]) => blockShares(tallies.map((tally) => BinnedCdf.ofTallies([tally])));
function estimate(p: number, tallies: readonly Tally[]) {
  const result = woodruff(p, BinnedCdf.ofTallies(tallies), split(tallies), intervalFactor(tallies.length));
  if (result === null) throw new Error('no values');
  return result;
}

/** The merged histogram less one block of it. */
function without(merged: Histogram, block: Tally): Histogram {
  const part = histogramOf(block);
  const at = new Map(Array.from(part.bins, (bin, i) => [bin, i]));
  const less = (from: Float64Array, by: Float64Array) =>
    from.map((value, i) => value - (by[at.get(merged.bins[i] as number) ?? -1] ?? 0));
  const counts = less(merged.counts, part.counts);
  const kept = (_: number, i: number) => counts[i] !== 0;
  return {
    count: merged.count - part.count,
    bins: merged.bins.filter(kept),
    counts: counts.filter(kept),
    sums: less(merged.sums, part.sums).filter(kept),
    squares: less(merged.squares, part.squares).filter(kept),
  };
}

describe('woodruff', () => {
  it('covers in 95% of runs at five probabilities', () => {
    const runs = 500;
    const probabilities = [0.01, 0.05, 0.5, 0.95, 0.99];
    const hits = probabilities.map(() => 0);
    for (let run = 0; run < runs; run++) {
      const random = new TestRandom(30_000 + run);
      const tallies = tallyBlocks(64, 64, () => random.normal());
      const merged = BinnedCdf.ofTallies(tallies);
      const blocks = split(tallies);
      probabilities.forEach((p, i) => {
        const { low, high } = woodruff(p, merged, blocks, t64) ?? { low: 0, high: 0 };
        const truth = normalQuantile(p);
        if (low <= truth && truth <= high) hits[i] = (hits[i] as number) + 1;
      });
    }
    // False alarm 1e-4 each.
    const { low, high } = binomialBounds(runs, 0.95);
    for (const hit of hits) {
      expect(hit).toBeGreaterThanOrEqual(low);
      expect(hit).toBeLessThanOrEqual(high);
    }
  });

  it('covers where the plain jackknife of the quantile does not', () => {
    // 1024 values in 64 blocks, p = 0.01: the jackknife was measured to cover 86%.
    const runs = 400;
    const p = 0.01;
    const truth = normalQuantile(p);
    let [hits, plain] = [0, 0];
    for (let run = 0; run < runs; run++) {
      const random = new TestRandom(40_000 + run);
      const tallies = tallyBlocks(64, 16, () => random.normal());
      const { value, low, high } = estimate(p, tallies);
      if (low <= truth && truth <= high) hits++;
      const merged = mergeTallies(tallies);
      const shifts = Float64Array.from(tallies, (tally) => BinnedCdf.of(without(merged, tally)).quantile(p) - value);
      if (Math.abs(value - truth) <= t64 * jackknifeError(shifts)) plain++;
    }
    const bounds = binomialBounds(runs, 0.95);
    expect(hits).toBeGreaterThanOrEqual(bounds.low);
    expect(hits).toBeLessThanOrEqual(bounds.high);
    expect(plain).toBeLessThan(bounds.low);
  });

  it('has the error √(p(1 − p)/n)/density of independent values, and a larger one when blocks differ', () => {
    const random = new TestRandom(9);
    const { mcse, shareError } = estimate(
      0.5,
      tallyBlocks(64, 1000, () => random.normal()),
    );
    // Each within 30%: an error from 64 blocks varies by 9%, so 3.4 of its standard deviations.
    expect(shareError / Math.sqrt(0.25 / 64_000)).toBeGreaterThan(0.7);
    expect(shareError / Math.sqrt(0.25 / 64_000)).toBeLessThan(1.3);
    expect(mcse / (Math.sqrt(0.25 / 64_000) * Math.sqrt(2 * Math.PI))).toBeGreaterThan(0.7);
    let draws = 0;
    let shift = 0;
    const clustered = tallyBlocks(64, 1000, () => {
      if (draws++ % 1000 === 0) shift = random.normal();
      return shift + random.normal();
    });
    expect(estimate(0.5, clustered).mcse).toBeGreaterThan(10 * mcse);
  });

  it('keeps p ± se_F in [0, 1]', () => {
    // Ten of 1000 values are 100, all in one block: se_F at p = 0.999 reaches past 1.
    let draws = 0;
    const tallies = tallyBlocks(10, 100, () => (draws++ < 10 ? 100 : 1));
    const { value, mcse, low, high } = estimate(0.995, tallies);
    expect([value, low, high]).toEqual([100, 1, 100]);
    expect(mcse).toBe(49.5);
  });

  it('judges a lattice quantile just above a jump by that jump, not by the values above', () => {
    // 4.99% of values at −1, 95.01% at 0: Q(0.05) is 0 but could as well be −1, though hardly anything lies above 0.
    const random = new TestRandom(10);
    const tallies = tallyBlocks(64, 1000, () => (random.uniform() < 0.0499 ? -1 : 0));
    const merged = BinnedCdf.ofTallies(tallies);
    const result = estimate(0.05, tallies);
    expect(merged.atOrBelow(0)).toBe(1);
    expect([result.low, result.high]).toEqual([-1, 0]);
    expect(result.shareError / Math.sqrt((0.05 * 0.95) / 64_000)).toBeGreaterThan(0.7);
  });

  it('has no error where nothing varies, and nothing where there are no values', () => {
    expect(
      estimate(
        0.5,
        tallyBlocks(4, 10, () => 0),
      ),
    ).toEqual({ value: 0, mcse: 0, low: 0, high: 0, shareError: 0 });
    const none = tallyBlocks(4, 0, () => 0);
    expect(woodruff(0.5, BinnedCdf.ofTallies(none), split(none), 2)).toBeNull();
  });
});
