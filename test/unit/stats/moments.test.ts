import { describe, expect, it } from 'vitest';
import { blockPowers, columnTotals, moments, POWER_SUMS, varianceOf } from '../../../src/stats/moments.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks, tallyOf } from '../../support/tally.ts';

function powers(values: readonly number[]): Float64Array {
  const row = new Float64Array(POWER_SUMS);
  for (const y of values) for (let k = 0; k < POWER_SUMS; k++) row[k] = (row[k] as number) + y ** k;
  return row;
}

/** The definitions, in two passes. */
function direct(values: readonly number[]) {
  const n = values.length;
  const mean = values.reduce((s, y) => s + y, 0) / n;
  const m = (k: number) => values.reduce((s, y) => s + (y - mean) ** k, 0) / n;
  return { mean, variance: m(2), skewness: m(3) / m(2) ** 1.5, excess: m(4) / m(2) ** 2 - 3 };
}

describe('moments', () => {
  it('agree with the two-pass definitions', () => {
    const random = new TestRandom(1);
    const values = Array.from({ length: 5000 }, () => 0.3 + random.normal() ** 2);
    const got = moments(powers(values));
    const want = direct(values);
    expect(got.count).toBe(5000);
    expect(got.mean).toBeCloseTo(want.mean, 12);
    expect(got.variance).toBeCloseTo(want.variance, 11);
    expect(got.skewness).toBeCloseTo(want.skewness, 10);
    expect(got.excess).toBeCloseTo(want.excess, 9);
  });

  it('give known numbers: 0, 0, 0, 1 is Bernoulli(1/4)', () => {
    const got = moments(powers([0, 0, 0, 1]));
    expect(got.variance).toBeCloseTo(3 / 16, 15);
    expect(got.skewness).toBeCloseTo(0.5 / Math.sqrt(3 / 16), 14);
    expect(got.excess).toBeCloseTo((1 - 6 * (3 / 16)) / (3 / 16), 13);
  });

  it('are null where undefined: no values, or values that are all the same', () => {
    expect(moments(powers([]))).toEqual({ count: 0, mean: null, variance: null, skewness: null, excess: null });
    expect(moments(powers([0, 0]))).toEqual({ count: 2, mean: 0, variance: 0, skewness: null, excess: null });
    // Off centre, rounding would leave a variance of 1e-17 and a kurtosis of anything.
    const constant = moments(powers(Array(1000).fill(0.1)));
    expect(constant.variance).toBe(0);
    expect([constant.skewness, constant.excess]).toEqual([null, null]);
  });

  it('still see a variance a million times smaller than the mean square', () => {
    expect(varianceOf(powers([0.999, 1.001, 0.999, 1.001]))).toBeCloseTo(1e-6, 12);
  });

  it('come from blocks in order', () => {
    const random = new TestRandom(2);
    const tallies = tallyBlocks(5, 7, () => random.normal());
    const rows = blockPowers(tallies);
    expect(rows.length).toBe(5 * POWER_SUMS);
    expect([...rows.slice(5, 10)]).toEqual([7, ...(tallies[1]?.powers ?? [])]);
    const totals = columnTotals(rows, POWER_SUMS);
    expect(totals[0]).toBe(35);
    expect(totals[2]).toBe(tallies.reduce((s, t) => s + (t.powers[1] as number), 0));
    expect(moments(columnTotals(blockPowers([tallyOf([])]), POWER_SUMS)).variance).toBeNull();
  });
});
