import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../../src/numeric/special.ts';
import { holm, intervalFactor, twoSidedP } from '../../../src/stats/holm.ts';
import { jackknifeRatio } from '../../../src/stats/jackknife.ts';
import { binomialBounds } from '../../support/binomial.ts';
import { TestRandom } from '../../support/random.ts';

describe('holm', () => {
  it('steps down: Holm (1979), four tests', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    expect([...adjusted].map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('never adjusts a larger p to a smaller one, nor past 1, and keeps 0', () => {
    expect([...holm([0.9, 0.5, 0.8])]).toEqual([1, 1, 1]);
    expect([...holm([0, 0.2, 0])]).toEqual([0, 0.2, 0]);
    expect([...holm([])]).toEqual([]);
    const random = new TestRandom(11);
    const p = Array.from({ length: 200 }, () => random.uniform());
    const adjusted = holm(p);
    const order = [...p.keys()].sort((a, b) => (p[a] as number) - (p[b] as number));
    for (let i = 1; i < order.length; i++)
      expect(adjusted[order[i] as number]).toBeGreaterThanOrEqual(adjusted[order[i - 1] as number] as number);
  });
});

describe('p-values', () => {
  it('come from Student’s t, two-sided', () => {
    expect(twoSidedP(0, 64)).toBe(1);
    expect(twoSidedP(-12.706204736, 2)).toBeCloseTo(0.05, 9);
    expect(twoSidedP(12.706204736, 2)).toBeCloseTo(0.05, 9);
    expect(twoSidedP(Infinity, 64)).toBe(0);
    expect(intervalFactor(64)).toBeCloseTo(1.998340543, 8);
  });

  it('of the normal would raise the alarm rate of 1e5 tests on 64 blocks from .001 to .03', () => {
    const tests = 1e5;
    const cut = -normalQuantile(0.5e-3 / tests);
    const each = twoSidedP(cut, 64);
    const family = -Math.expm1(tests * Math.log1p(-each));
    expect(family).toBeGreaterThan(0.02);
    expect(family).toBeLessThan(0.04);
  });

  it('keep the family-wise alarm rate: 400 families of 250 tests on 8 blocks, α = 5%', () => {
    const families = 400;
    const ones = new Float64Array(8).fill(1);
    let [alarms, normal] = [0, 0];
    for (let family = 0; family < families; family++) {
      const random = new TestRandom(80_000 + family);
      const scores = Array.from({ length: 250 }, () => {
        const { value, mcse } = jackknifeRatio(
          Array.from({ length: 8 }, () => random.normal()),
          ones,
        );
        return (value as number) / (mcse as number);
      });
      if (holm(scores.map((z) => twoSidedP(z, 8))).some((p) => p <= 0.05)) alarms++;
      if (holm(scores.map((z) => 2 * normalCdf(-Math.abs(z)))).some((p) => p <= 0.05)) normal++;
    }
    // Independent tests that all hold: the true rate is 1 − (1 − .05/250)^250 = 4.9%.
    const { low, high } = binomialBounds(families, 0.0488);
    expect(alarms).toBeGreaterThanOrEqual(low);
    expect(alarms).toBeLessThanOrEqual(high);
    expect(normal).toBeGreaterThan(high);
  });
});
