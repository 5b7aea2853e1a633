import { describe, expect, it } from 'vitest';
import {
  effectiveSize,
  judge,
  rareLimits,
  SINGLE_ACCURACY,
  scoreBeyond,
  tailGuard,
} from '../../../src/stats/guards.ts';
import { intervalFactor } from '../../../src/stats/holm.ts';
import { jackknife, jackknifeRatio } from '../../../src/stats/jackknife.ts';
import { blockPowers, excessOf, POWER_SUMS } from '../../../src/stats/moments.ts';
import { binomialBounds } from '../../support/binomial.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';

const BLOCKS = 64;
const t64 = intervalFactor(BLOCKS);

/** Runs in 200 whose unguarded 95% interval covers the excess kurtosis, from 64 blocks of 256 values. */
function kurtosisCoverage(seed: number, truth: number, draw: (random: TestRandom) => number): number {
  let hits = 0;
  for (let run = 0; run < 200; run++) {
    const random = new TestRandom(seed + run);
    const rows = blockPowers(tallyBlocks(BLOCKS, 256, () => draw(random)));
    const { value, mcse } = jackknife(rows, POWER_SUMS, excessOf);
    if (Math.abs((value as number) - truth) <= t64 * (mcse as number)) hits++;
  }
  return hits;
}

describe('heavy tails', () => {
  // False alarm 1e-4.
  const { low } = binomialBounds(200, 0.95);
  const samples = BLOCKS * 256;

  it('K₄ withholds the error of the kurtosis of Student-t(5), which alone would not cover; a uniform passes', () => {
    expect(kurtosisCoverage(50_000, 6, (random) => random.studentT(5))).toBeLessThan(low);
    expect(tailGuard(Infinity, samples)).toEqual({ note: 'infinite', verifiable: false });
    expect(judge(4.1, 0.2, 6, 1, tailGuard(Infinity, samples))).toEqual({ mcse: null, zscore: null, note: 'infinite' });

    expect(kurtosisCoverage(51_000, -1.2, (random) => random.uniform())).toBeGreaterThanOrEqual(low);
    // E z⁸/(E z⁴)² = 25/9 for a uniform.
    expect(tailGuard(25 / 9, samples).note).toBeNull();
  });

  it('K₄ flags the error of the kurtosis of a lognormal, whose moments all exist', () => {
    // exp(g/2) centred: excess e + 2e^.75 + 3e^.5 − 6; K₄ from the raw moments e^{k²/8}.
    const raw = Array.from({ length: 9 }, (_, k) => Math.exp((k * k) / 8));
    const mean = raw[1] as number;
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const central = (n: number) =>
      raw.slice(0, n + 1).reduce((sum, m, k) => sum + choose(n, k) * m * (-mean) ** (n - k), 0);
    const truth = central(4) / central(2) ** 2 - 3;
    const k4 = central(8) / central(4) ** 2;
    expect(kurtosisCoverage(52_000, truth, (random) => Math.exp(random.normal() / 2) - mean)).toBeLessThan(low);
    expect(tailGuard(k4, samples)).toEqual({ note: 'unreliable', verifiable: false });
    expect(judge(5, 0.5, truth, 1, tailGuard(k4, samples))).toEqual({ mcse: 0.5, zscore: null, note: 'unreliable' });
  });

  it('has two thresholds on K/N_e: 1e-3 for the note, 1e-4 for verify; N_e shrinks with the inflation', () => {
    expect(tailGuard(10, 1e4)).toEqual({ note: null, verifiable: false });
    expect(tailGuard(10, 0.99e4)).toEqual({ note: 'unreliable', verifiable: false });
    expect(tailGuard(10, 1e5)).toEqual({ note: null, verifiable: true });
    expect(tailGuard(10, effectiveSize(1e5, 2))).toEqual({ note: null, verifiable: false });
    expect(tailGuard(10, effectiveSize(1e5, null)).verifiable).toBe(true);
    expect(tailGuard(null, 1e9)).toEqual({ note: null, verifiable: false });
  });
});

describe('rare events', () => {
  const equal = (size: number) => new Float64Array(BLOCKS).fill(size);
  const run = (random: TestRandom, p: number, replicates: number) => {
    const events = new Float64Array(BLOCKS);
    for (let i = 0; i < replicates; i++)
      if (random.uniform() < p) events[i % BLOCKS] = (events[i % BLOCKS] as number) + 1;
    return events;
  };

  it('have no standard error under 20 eventful blocks, where the jackknife would often show 0 or miss', () => {
    const [p, replicates, runs] = [2e-5, 6400, 1000];
    let [zero, plain, limit, rare] = [0, 0, 0, 0];
    for (let i = 0; i < runs; i++) {
      const events = run(new TestRandom(60_000 + i), p, replicates);
      const { value, mcse } = jackknifeRatio(events, equal(replicates / BLOCKS));
      if (mcse === 0) zero++;
      if (Math.abs((value as number) - p) <= t64 * (mcse as number)) plain++;
      const limits = rareLimits(events, equal(replicates / BLOCKS), replicates);
      if (limits !== null) rare++;
      if (limits !== null && limits.upper >= p && limits.lower <= p) limit++;
    }
    // E events = 0.128: nothing seen in 88% of runs.
    expect(zero).toBeGreaterThan(0.8 * runs);
    expect(plain).toBeLessThan(0.2 * runs);
    expect(rare).toBe(runs);
    // One-sided 95%, so at least 90% for the pair of limits.
    expect(limit).toBeGreaterThanOrEqual(binomialBounds(runs, 0.9).low);
  });

  it('bound the share from above in 95% of runs also when a handful is seen', () => {
    const [p, replicates, runs] = [1e-3, 6400, 1000];
    let covered = 0;
    for (let i = 0; i < runs; i++) {
      const limits = rareLimits(run(new TestRandom(70_000 + i), p, replicates), equal(100), replicates);
      if (limits === null || limits.upper >= p) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(binomialBounds(runs, 0.95).low);
    expect(covered).toBeLessThan(runs);
  });

  it('give 3/replicates at none, and count replicates, not the pre-activations that share one', () => {
    // 64 replicates of 256 pre-activations.
    const none = rareLimits(equal(0), equal(256), 64);
    expect(none?.lower).toBe(0);
    expect(none?.upper).toBeCloseTo(1 - 0.05 ** (1 / 64), 12);
    expect((none?.upper as number) * 64).toBeCloseTo(3, 0);
    // 200 events in one block of one replicate: one replicate affected, P(X ≤ 1) = 0.05.
    const one = rareLimits(
      Float64Array.from({ length: 64 }, (_, b) => (b === 0 ? 200 : 0)),
      equal(256),
      64,
    );
    const q = one?.upper as number;
    expect((1 - q) ** 64 + 64 * q * (1 - q) ** 63).toBeCloseTo(0.05, 10);
  });

  it('end at 20 blocks with an event and 20 with a non-event', () => {
    const eventful = (n: number) => Float64Array.from({ length: BLOCKS }, (_, b) => (b < n ? 1 : 0));
    expect(rareLimits(eventful(19), equal(100), 6400)).not.toBeNull();
    expect(rareLimits(eventful(20), equal(100), 6400)).toBeNull();
    const nearOne = (n: number) => eventful(n).map((e) => 100 - e);
    expect(rareLimits(nearOne(20), equal(100), 6400)).toBeNull();
    const limits = rareLimits(nearOne(3), equal(100), 6400);
    expect(limits?.upper).toBeGreaterThan(1 - 3 / 6400);
    expect(limits?.upper).toBeLessThan(1);
    // 3 of 6400 spared: the 95% upper limit of Poisson's mean is 7.754.
    expect((1 - (limits?.lower as number)) * 6400).toBeCloseTo(7.75, 1);
  });

  it('are not made of the rounding of interpolated shares', () => {
    const rounding = equal(0).map(() => 1e-13);
    expect(rareLimits(rounding, equal(100), 6400)?.upper).toBeCloseTo(3 / 6400, 5);
  });
});

describe('degenerate cells', () => {
  it('agree when the theory does, to 1e-12 of the scale, and contradict otherwise', () => {
    expect(judge(0.5, 0, 0.5, 1)).toEqual({ mcse: 0, zscore: 0, note: 'degenerate' });
    expect(judge(0.5 + 9e-13, 0, 0.5, 1).zscore).toBe(0);
    expect(judge(0.5 + 2e-12, 0, 0.5, 1).zscore).toBe(Infinity);
    expect(judge(0.5 - 2e-12, 0, 0.5, 1).zscore).toBe(-Infinity);
    expect(judge(0, 0, 0, 0)).toEqual({ mcse: 0, zscore: 0, note: 'degenerate' });
    expect(judge(0.5, 0, null, 1)).toEqual({ mcse: 0, zscore: null, note: 'degenerate' });
  });

  it('are recognised through the rounding of a jackknife over equal blocks', () => {
    const value = Math.tanh(0.3);
    const rows = Float64Array.from({ length: 2 * BLOCKS }, (_, i) =>
      i % 2 === 0 ? 3 : 3 * value + (i % 4 ? 1e-16 : 0),
    );
    const { value: mean, mcse } = jackknife(rows, 2, (s) => (s[1] as number) / (s[0] as number));
    expect(mcse).toBeGreaterThan(0);
    expect(judge(mean as number, mcse, value, 1)).toEqual({ mcse: 0, zscore: 0, note: 'degenerate' });
  });

  it('agree to 1e-6 of the scale where singles decide', () => {
    const single = (value: number, scale = 1) => judge(value, 0, 0.01, scale, null, SINGLE_ACCURACY).zscore;
    // The variance of ±0.1, which no single holds.
    expect(single(Math.fround(0.1) ** 2)).toBe(0);
    expect(single(0.01 + 0.9e-6)).toBe(0);
    expect(single(0.01 - 1.1e-6)).toBe(-Infinity);
    expect(single(0.01 + 0.9e-6, 0.01)).toBe(Infinity);
  });
});

describe('a z-score', () => {
  it('is (value − theory)/mcse, however small the error', () => {
    expect(judge(1.2, 0.1, 1, 1)).toEqual({ mcse: 0.1, zscore: (1.2 - 1) / 0.1, note: null });
    for (const accuracy of [undefined, SINGLE_ACCURACY])
      expect(judge(1 + 2e-12, 1e-12, 1, 1, null, accuracy).zscore).toBe((1 + 2e-12 - 1) / 1e-12);
    expect(judge(1.2, null, 1, 1)).toEqual({ mcse: null, zscore: null, note: null });
  });

  // What `verify` allows a moment, a share or an activation, and a quantile.
  it.each([1e-6, 1e-5, 1.5e-4])(
    'beyond an inaccuracy of %d counts what exceeds it, where it could show',
    (accuracy) => {
      expect(scoreBeyond(3, 1001 * accuracy, accuracy)).toBe(3 / (1001 * accuracy));
      expect(scoreBeyond(3, 1, 0)).toBe(3);
      expect(scoreBeyond(0.9 * accuracy, 0.1 * accuracy, accuracy)).toBe(0);
      expect(scoreBeyond(-3 * accuracy, accuracy, accuracy)).toBeCloseTo(-2, 12);
      expect(scoreBeyond(-0.9 * accuracy, 0, accuracy)).toBe(0);
      expect(scoreBeyond(-1.1 * accuracy, 0, accuracy)).toBe(-Infinity);
    },
  );
});
