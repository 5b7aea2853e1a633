import { describe, expect, it } from 'vitest';
import { intervalFactor } from '../../../src/stats/holm.ts';
import { jackknife, jackknifeError, jackknifeRatio, leaveOneOut } from '../../../src/stats/jackknife.ts';
import { blockPowers, excessOf, meanOf, POWER_SUMS, skewnessOf, varianceOf } from '../../../src/stats/moments.ts';
import { binomialBounds } from '../../support/binomial.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';

const BLOCKS = 64;

describe('jackknife', () => {
  it('of a mean is the standard error of the block means', () => {
    const means = [1, 4, 2, 8, 5, 7];
    const { value, mcse } = jackknifeRatio(means, Array(6).fill(1));
    const mean = means.reduce((s, x) => s + x, 0) / 6;
    const variance = means.reduce((s, x) => s + (x - mean) ** 2, 0) / 5;
    expect(value).toBeCloseTo(mean, 14);
    expect(mcse).toBeCloseTo(Math.sqrt(variance / 6), 14);
  });

  it('is as exact for numbers whose squares no double holds', () => {
    const means = [1, 4, 2, 8, 5, 7];
    const error = (unit: number) =>
      jackknifeRatio(
        means.map((x) => x * unit),
        Array(6).fill(1),
      ).mcse;
    for (const exponent of [-900, -560, 560, 900]) expect(error(2 ** exponent)).toBe((error(1) ?? 0) * 2 ** exponent);
    expect(error(0)).toBe(0);
  });

  it('of a ratio with unequal denominators is the same in closed form and by leaving out', () => {
    const random = new TestRandom(3);
    const a = Array.from({ length: 20 }, () => random.normal() + 3);
    const n = Array.from({ length: 20 }, () => 1 + Math.floor(10 * random.uniform()));
    const rows = Float64Array.from(a.flatMap((x, b) => [n[b] as number, x]));
    const closed = jackknifeRatio(a, n);
    const general = jackknife(rows, 2, meanOf);
    expect(closed.value).toBeCloseTo(general.value as number, 13);
    expect(closed.mcse).toBeCloseTo(general.mcse as number, 13);
  });

  it('is null where undefined: one block, an undefined statistic, or one that leaving a block out undefines', () => {
    expect(jackknifeRatio([3], [1])).toEqual({ value: 3, mcse: null });
    expect(jackknifeRatio([0], [0])).toEqual({ value: null, mcse: null });
    const rows = Float64Array.of(1, 5, 25, 125, 625, 2, 0, 0, 0, 0);
    expect(jackknife(rows, POWER_SUMS, skewnessOf).mcse).toBeNull();
    expect(jackknife(rows, POWER_SUMS, skewnessOf).value).not.toBeNull();
  });

  it('leaves a block out without cancellation, though it outweighs the rest by 1e18', () => {
    const rows = Float64Array.of(1, 1, 1, 1e18, 1, 2, 1, 3);
    const { value, shifts } = leaveOneOut(rows, 2, meanOf);
    expect(value + (shifts[1] as number)).toBeCloseTo(2, -2);
    const rest: number[] = [];
    leaveOneOut(rows, 2, (sums) => rest.push(sums[1] as number));
    expect(rest[2]).toBe(6);
    // The sum without it from the total would be 0 or 128.
    expect(1e18 + 6 - 1e18).not.toBe(6);
  });

  it('covers variance, skewness, kurtosis and mean in 95% of runs of 4096 normals', () => {
    const runs = 400;
    const truths = [
      [meanOf, 0],
      [varianceOf, 1],
      [skewnessOf, 0],
      [excessOf, 0],
    ] as const;
    const hits = truths.map(() => 0);
    const wrong = truths.map(() => 0);
    const t = intervalFactor(BLOCKS);
    for (let run = 0; run < runs; run++) {
      const random = new TestRandom(10_000 + run);
      const rows = blockPowers(tallyBlocks(BLOCKS, 64, () => random.normal()));
      truths.forEach(([statistic, truth], i) => {
        const { value, mcse } = jackknife(rows, POWER_SUMS, statistic);
        const covers = (x: number) => Math.abs((value as number) - x) <= t * (mcse as number);
        if (covers(truth)) hits[i] = (hits[i] as number) + 1;
        if (covers(truth + 0.3)) wrong[i] = (wrong[i] as number) + 1;
      });
    }
    // False alarm 1e-4 each at the nominal 95%.
    const { low, high } = binomialBounds(runs, 0.95);
    for (const hit of hits) {
      expect(hit).toBeGreaterThanOrEqual(low);
      expect(hit).toBeLessThanOrEqual(high);
    }
    // Negative control.
    for (const hit of wrong) expect(hit).toBeLessThan(low);
  });

  it('covers the variance of dependent pre-activations, where the error of independent values does not', () => {
    // One replicate a block: 8 units on a batch of 8, fan-in 4, uniform weights, normal inputs: Var z = 4/3, excess 0.6.
    const [side, fanIn, runs] = [8, 4, 400];
    const truth = fanIn / 3;
    const t = intervalFactor(BLOCKS);
    let hits = 0;
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      const random = new TestRandom(20_000 + run);
      const rows = new Float64Array(BLOCKS * POWER_SUMS);
      for (let b = 0; b < BLOCKS; b++) {
        const w = Float64Array.from({ length: side * fanIn }, () => 2 * random.uniform() - 1);
        const x = Float64Array.from({ length: side * fanIn }, () => random.normal());
        for (let u = 0; u < side; u++)
          for (let j = 0; j < side; j++) {
            let z = 0;
            for (let i = 0; i < fanIn; i++) z += (w[u * fanIn + i] as number) * (x[j * fanIn + i] as number);
            let power = 1;
            for (let k = 0; k < POWER_SUMS; k++, power *= z)
              rows[b * POWER_SUMS + k] = (rows[b * POWER_SUMS + k] as number) + power;
          }
      }
      const { value, mcse } = jackknife(rows, POWER_SUMS, varianceOf);
      const off = Math.abs((value as number) - truth);
      if (off <= t * (mcse as number)) hits++;
      if (off <= 1.96 * truth * Math.sqrt(2.6 / (BLOCKS * side * side))) naive++;
    }
    const { low, high } = binomialBounds(runs, 0.95);
    expect(hits).toBeGreaterThanOrEqual(low);
    expect(hits).toBeLessThanOrEqual(high);
    expect(naive).toBeLessThan(low);
  });

  it('of a difference between statistics that share draws sees that they share them', () => {
    const random = new TestRandom(5);
    // y = x + small noise: the difference of means varies little, each mean much.
    const x = Float64Array.from({ length: BLOCKS }, () => random.normal());
    const y = x.map((v) => v + 0.01 * random.normal());
    const ones = new Float64Array(BLOCKS).fill(1);
    const rows = Float64Array.from(x.keys()).map((b) => b);
    const matrix = new Float64Array(3 * BLOCKS);
    for (const b of rows) matrix.set([ones[b] as number, x[b] as number, y[b] as number], 3 * b);
    const shared = leaveOneOut(matrix, 3, (s) => ((s[1] as number) - (s[2] as number)) / (s[0] as number));
    const apart = Math.hypot(jackknifeRatio(x, ones).mcse as number, jackknifeRatio(y, ones).mcse as number);
    expect(jackknifeError(shared.shifts)).toBeLessThan(0.1 * apart);
  });
});
