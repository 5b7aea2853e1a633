import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/run/comparison.ts';
import { Family, type Judged } from '../../../src/run/family.ts';
import { holm, twoSidedP } from '../../../src/stats/holm.ts';
import { TestRandom } from '../../support/random.ts';

const comparison = (zscore: number, blocks = 64, statistic = 's'): Comparison => ({
  ensemble: 'e',
  fanIn: 1,
  statistic,
  cell: null,
  value: 0,
  theory: 0,
  mcse: 1,
  zscore,
  blocks,
});

function judge(comparisons: readonly Comparison[], alpha = 1e-3): Judged {
  const family = new Family(alpha);
  for (const each of comparisons) family.add(each);
  return family.judge();
}

describe('Family', () => {
  it('judges by t with blocks − 1 degrees of freedom: 4 is much at 1024 blocks, nothing at 3', () => {
    expect(judge([comparison(4, 1024)]).tests.map((test) => test.verdict)).toEqual(['contradicts']);
    expect(judge([comparison(4, 3)]).tests.map((test) => test.verdict)).toEqual(['agrees']);
  });

  it('takes α at its word', () => {
    // p = .0039
    expect(judge([comparison(3)], 0.001).contradictions).toBe(0);
    expect(judge([comparison(3)], 0.05).contradictions).toBe(1);
  });

  it('judges all as one family', () => {
    const alone = judge([comparison(4)]);
    const amongMany = judge([comparison(4), ...Array.from({ length: 1000 }, () => comparison(0.5))]);
    expect(alone.tests[0]?.verdict).toBe('contradicts');
    expect(amongMany.tests[0]?.verdict).toBe('agrees');
    expect(amongMany.tests[0]?.zscore).toBe(4);
    expect(judge([])).toEqual({ total: 0, contradictions: 0, statistics: [], tests: [] });
  });

  it('comes to what Holm’s adjustment of all p-values says, in mixed order, sizes and degrees of freedom', () => {
    const random = new TestRandom(7);
    const comparisons = Array.from({ length: 20_000 }, (_, i) =>
      // One in a hundred is far off: 200 contradictions, and a long list in which only the extreme ones are kept.
      comparison(random.normal() * (i % 100 === 0 ? 8 : 1), i % 3 === 0 ? 32 : 256, `s${i % 4}`),
    );
    const judged = judge(comparisons);
    const p = comparisons.map((c) => twoSidedP(c.zscore, c.blocks));
    const adjusted = holm(p);
    const order = p.map((_, i) => i).sort((a, b) => (p[a] as number) - (p[b] as number) || a - b);
    expect(judged.total).toBe(20_000);
    expect(judged.tests).toHaveLength(1000);
    judged.tests.forEach((test, rank) => {
      const i = order[rank] as number;
      expect(test).toMatchObject({ zscore: comparisons[i]?.zscore, p: p[i], adjusted: adjusted[i] });
    });
    const failing = adjusted.reduce((sum, level) => sum + (level <= 1e-3 ? 1 : 0), 0);
    expect(failing).toBeGreaterThan(50);
    expect(judged.contradictions).toBe(failing);
    for (const { statistic, tests, contradictions, zscore } of judged.statistics) {
      const own = comparisons.flatMap((c, i) => (c.statistic === statistic ? [i] : []));
      expect(tests).toBe(own.length);
      expect(contradictions).toBe(own.filter((i) => (adjusted[i] as number) <= 1e-3).length);
      expect(Math.abs(zscore)).toBe(Math.max(...own.map((i) => Math.abs(comparisons[i]?.zscore as number))));
    }
  });

  it('counts contradictions beyond those it keeps', () => {
    for (const zscore of [() => 20, (i: number) => 30 - i / 500, (i: number) => 20 + i / 500]) {
      const judged = judge(Array.from({ length: 5000 }, (_, i) => comparison(zscore(i))));
      expect(judged.contradictions).toBe(5000);
      expect(judged.tests).toHaveLength(1000);
      expect(judged.tests.every((test) => test.verdict === 'contradicts')).toBe(true);
    }
  });
});
