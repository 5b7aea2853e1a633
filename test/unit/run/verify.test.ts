import { describe, expect, it } from 'vitest';
import type { CellEstimate } from '../../../src/run/cell-tests.ts';
import type { EnsembleFanIn } from '../../../src/run/ensemble-tests.ts';
import { verify } from '../../../src/run/verify.ts';
import type { Tally } from '../../../src/stats/tally.ts';
import type { ZMoments } from '../../../src/theory/moments.ts';
import { binomialBounds } from '../../support/binomial.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';

const NORMAL: ZMoments = { mean: 0, variance: 1, skewness: 0, excess: 0, k2: 3, k4: 35 / 3 };
const gaussian = (omega: number) => Math.exp((-omega * omega) / 2);

function part(tallies: readonly Tally[], change: Partial<EnsembleFanIn> = {}): EnsembleFanIn {
  return {
    ensemble: 'normal × test',
    fanIn: 1,
    tallies,
    centre: 0,
    centringError: 0,
    theory: NORMAL,
    inflation: { mean: 1, variance: 1 },
    characteristic: gaussian,
    ...change,
  };
}

const normals = (seed: number, size = 2048, sd = 1) => {
  const random = new TestRandom(seed);
  return tallyBlocks(64, size, () => sd * random.normal());
};
const check = (...ensembles: EnsembleFanIn[]) => verify({ ensembles, cells: [] });
const failed = (report: ReturnType<typeof verify>) => report.failures.map((test) => test.statistic);

describe('verify of z', () => {
  const tallies = normals(100);

  it('agrees with a normal in every statistic whose tails allow a test', () => {
    const report = check(part(tallies));
    expect(report.verdict).toBe('agrees');
    expect(report.tests.map((test) => test.statistic).sort()).toEqual([
      'cos(1z/sd)',
      'cos(2z/sd)',
      'z_kurt',
      'z_mean',
      'z_skew',
      'z_sq',
    ]);
    expect(report.skipped).toEqual([]);
    for (const test of report.tests) {
      expect(test.adjusted).toBeGreaterThanOrEqual(test.p);
      expect(test.zscore).toBeCloseTo((test.value - test.theory) / test.mcse, 9);
    }
    expect(report.tests.map((test) => test.p)).toEqual(report.tests.map((test) => test.p).sort((a, b) => a - b));
  });

  it('contradicts each theory once it is broken', () => {
    const theories: [Partial<ZMoments>, string][] = [
      [{ mean: 0.03 }, 'z_mean'],
      [{ variance: 1.05 }, 'z_sq'],
      [{ skewness: 0.1 }, 'z_skew'],
      [{ excess: 0.2 }, 'z_kurt'],
    ];
    for (const [change, statistic] of theories)
      expect(failed(check(part(tallies, { theory: { ...NORMAL, ...change } })))).toContain(statistic);
    const other = (omega: number) => gaussian(omega) + 0.02;
    expect(failed(check(part(tallies, { characteristic: other })))).toEqual(['cos(1z/sd)', 'cos(2z/sd)']);
  });

  it('measures E z² and the mean about the centre that was tallied', () => {
    // z = 5 + normal, tallied about 5.02: E z = 5 still, and E y² = 1 + .02².
    const random = new TestRandom(101);
    const shifted = tallyBlocks(64, 2048, () => random.normal() - 0.02);
    const report = check(part(shifted, { centre: 5.02, theory: { ...NORMAL, mean: 5 }, characteristic: () => null }));
    expect(report.verdict).toBe('agrees');
    const mean = report.tests.find((test) => test.statistic === 'z_mean');
    expect(mean?.value).toBeCloseTo(5, 1);
    expect(failed(check(part(shifted, { centre: 5, theory: { ...NORMAL, mean: 5 } })))).toContain('z_mean');
  });

  it('finds a fault in the average over fan-ins that no single fan-in shows', () => {
    // Variance 0.6% too large at 20 fan-ins: 1.5 standard errors at each, 7 in the average.
    const parts = Array.from({ length: 20 }, (_, i) =>
      part(normals(200 + i, 2048, Math.sqrt(1.006)), { fanIn: i + 1, characteristic: () => null }),
    );
    const report = check(...parts);
    expect(report.failures.length).toBeGreaterThan(0);
    expect(report.failures.every((test) => test.fanIn === null && test.statistic === 'z_sq')).toBe(true);
    const right = parts.map((p) => ({ ...p, theory: { ...NORMAL, variance: 1.006 } }));
    expect(check(...right).verdict).toBe('agrees');
  });

  it('takes the draws that fan-ins share into account in the average', () => {
    // The same tallies at 30 fan-ins: an average of independent ones would be √30 more precise than it is.
    let alarms = 0;
    for (let seed = 0; seed < 40; seed++) {
      const same = normals(300 + seed, 256);
      const report = check(
        ...Array.from({ length: 30 }, (_, i) => part(same, { fanIn: i + 1, characteristic: () => null })),
      );
      if (report.verdict === 'contradicts') alarms++;
    }
    expect(alarms).toBe(0);
  });

  it('leaves out what heavy tails forbid, and says so', () => {
    const heavy = check(part(tallies, { theory: { ...NORMAL, k2: 50, k4: Infinity } }));
    expect(heavy.skipped).toEqual([
      { statistic: 'z_sq', reason: 'heavy tails', count: 1 },
      { statistic: 'z_skew', reason: 'heavy tails', count: 1 },
      { statistic: 'z_kurt', reason: 'heavy tails', count: 1 },
    ]);
    const inflated = check(part(tallies, { inflation: { mean: 1, variance: 2 } }));
    expect(inflated.skipped.map((skip) => skip.statistic)).toEqual(['z_skew', 'z_kurt']);
  });

  it('holds the mean to the skewness of z, whatever its fourth moment', () => {
    const statistics = (theory: Partial<ZMoments>) => {
      const { tests } = check(part(tallies, { theory: { ...NORMAL, ...theory } }));
      return tests.map((test) => test.statistic);
    };
    // ⅜·γ² = 1e-4·131,072 at γ = 5.91.
    expect(statistics({ skewness: 5.9 })).toContain('z_mean');
    expect(statistics({ skewness: -5.95 })).not.toContain('z_mean');
    expect(statistics({ skewness: null, excess: Infinity, k2: Infinity })).toContain('z_mean');
    expect(statistics({ k2: 1000 })).toContain('z_mean');
  });

  it('holds E cos(ωz) to the skewness of the cosine: where z is rarely not 0, a sample without such z has no error', () => {
    // z = ±1/√p with probability p.
    const sparse = (p: number, z: readonly Tally[]) => {
      const size = 1 / Math.sqrt(p);
      const theory: ZMoments = { mean: 0, variance: 1, skewness: 0, excess: 1 / p - 3, k2: 1 / p, k4: 1 / p };
      return check(part(z, { theory, characteristic: (omega) => 1 + p * (Math.cos(size * omega) - 1) }));
    };
    const none = tallyBlocks(64, 2048, () => 0);
    const report = sparse(1e-6, none);
    expect([report.verdict, report.tests.map((test) => test.statistic)]).toEqual(['agrees', ['z_mean']]);
    expect(report.skipped.map((skip) => skip.statistic)).toContain('cos(1z/sd)');
    const random = new TestRandom(402);
    const often = tallyBlocks(64, 2048, () => (random.uniform() < 0.25 ? 2 * random.sign() : 0));
    expect(sparse(0.25, often).tests.map((test) => test.statistic)).toContain('cos(1z/sd)');
  });

  it('has the characteristic function where there is no variance, and it tells a Cauchy from another', () => {
    const random = new TestRandom(400);
    const cauchy = tallyBlocks(64, 2048, () => random.studentT(1));
    const theory: ZMoments = { mean: 0, variance: Infinity, skewness: null, excess: null, k2: Infinity, k4: Infinity };
    const right = check(part(cauchy, { theory, characteristic: (omega) => Math.exp(-omega) }));
    expect(right.verdict).toBe('agrees');
    expect(right.tests.map((test) => test.statistic).sort()).toEqual(['cos(1z/sd)', 'cos(2z/sd)']);
    expect(right.skipped).toEqual([{ statistic: 'z_mean', reason: 'infinite variance', count: 1 }]);
    expect(check(part(cauchy, { theory, characteristic: (omega) => Math.exp(-1.05 * omega) })).verdict).toBe(
      'contradicts',
    );
  });

  it('takes a sample without spread at its word', () => {
    const zero = tallyBlocks(64, 16, () => 0);
    const theory: ZMoments = { mean: 0, variance: 0, skewness: null, excess: null, k2: null, k4: null };
    const none = () => 1;
    expect(check(part(zero, { theory, characteristic: none })).verdict).toBe('agrees');
    const one = tallyBlocks(64, 16, () => 0.1);
    const wrong = check(part(one, { theory, characteristic: none }));
    expect(failed(wrong)).toEqual(['z_mean', 'z_sq']);
    expect(wrong.failures[0]).toMatchObject({ zscore: Infinity, p: 0, adjusted: 0 });
    // ±0.1 in single precision is off by 1.5e-8 relative: rounding, not contradiction.
    const random = new TestRandom(401);
    const signs = tallyBlocks(64, 256, () => 0.1 * random.sign());
    const lattice = { ...theory, variance: 0.01, k2: 1 };
    expect(check(part(signs, { theory: lattice, characteristic: (w) => Math.cos(0.1 * w) })).verdict).toBe('agrees');
    expect(
      failed(check(part(signs, { theory: { ...lattice, variance: 0.01001 }, characteristic: () => null }))),
    ).toEqual(['z_sq']);
  });

  it('keeps its false alarm rate over whole runs', () => {
    const runs = 300;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const ensembles = [1, 2].map((fanIn) =>
        part(normals(10_000 + 10 * run + fanIn, 128), { fanIn, theory: { ...NORMAL, k2: 0.5, k4: 0.5 } }),
      );
      // α = 20%, so that 300 runs can tell; the k are lowered to let the small sample in.
      if (verify({ ensembles, cells: [], alpha: 0.2 }).verdict === 'contradicts') alarms++;
    }
    // Holm promises at most α; 18 correlated tests, so not far below.
    expect(alarms).toBeLessThanOrEqual(binomialBounds(runs, 0.2).high);
    expect(alarms).toBeGreaterThan(0.05 * runs);
  });
});

describe('verify of cells', () => {
  const cell: CellEstimate = {
    ensemble: 'constant × normal',
    fanIn: 8,
    initializer: 'ones',
    activation: 'logistic',
    beta: 1,
    statistic: 'd_mean',
    value: 0.201,
    theory: 0.2,
    kind: 'exact',
    mcse: 0.001,
    zscore: 1,
    blocks: 64,
  };
  const of = (...cells: CellEstimate[]) => verify({ ensembles: [], cells });

  it('takes the z-score of the table less an inaccuracy of 1e-5, and in full where it is not what the row comes to', () => {
    const [test] = of(cell).tests;
    expect(test).toMatchObject({ statistic: 'd_mean', cell: 'ones, logistic, beta 1' });
    expect(test?.zscore).toBeCloseTo((0.001 - 1e-5 * 0.201) / 0.001, 9);
    const precise = { ...cell, value: 0.2 + 1.9e-6, mcse: 1e-7 };
    expect(of({ ...precise, zscore: (precise.value - 0.2) / 1e-7 }).tests[0]?.zscore).toBe(0);
    expect(of({ ...cell, zscore: 6 }).verdict).toBe('contradicts');
    expect(of({ ...cell, zscore: null }).tests).toEqual([]);
  });

  it('fails a degenerate contradiction among any number of tests', () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({ ...cell, fanIn: i + 10 }));
    expect(of(...many).verdict).toBe('agrees');
    const report = of(...many, { ...cell, mcse: 0, zscore: -Infinity });
    expect(report.failures).toMatchObject([{ fanIn: 8, p: 0 }]);
  });

  it('tests copies of a cell once', () => {
    const copies = of(cell, { ...cell, initializer: 'glorot_normal' }, { ...cell, value: 0.201 + 1e-13 });
    expect(copies.tests.length).toBe(1);
    expect(of(cell, { ...cell, value: 0.2012 }, { ...cell, fanIn: 9 }).tests.length).toBe(3);
  });

  it.each([
    ['a_mean', 1],
    ['a_var', 1],
    ['d_mean', 2.5],
    ['d_sq_mean', 6.25],
    ['saturated', 1],
  ] as const)('takes %s of 2.5 times the slope on 0.4 times the scale for a copy', (statistic, factor) => {
    const own = { ...cell, statistic };
    const times = (by: number) => ({ value: by * cell.value, theory: by * cell.theory, mcse: by * cell.mcse });
    const copy = { ...own, ...times(factor), beta: 2.5, initializer: 'constant(value=0.4)' };
    expect(of(own, copy).tests.length).toBe(1);
    // Of another β·s(n).
    expect(of(own, { ...copy, ...times(1.1 * factor) }).tests.length).toBe(2);
  });

  it('takes a Gaussian limit once its Edgeworth correction is under a tenth of a standard error', () => {
    const limit = { ...cell, kind: 'gaussian' as const, zscore: null, value: 0.21 };
    expect(of(limit).tests).toEqual([]);
    expect(of({ ...limit, correction: null }).tests).toEqual([]);
    expect(of({ ...limit, correction: 1.1e-4 }).tests).toEqual([]);
    expect(of({ ...limit, correction: -1.1e-4 }).tests).toEqual([]);
    expect(of({ ...limit, correction: 0.9e-4 }).verdict).toBe('contradicts');
    expect(of({ ...limit, correction: 0.9e-4, value: 0.2005 }).tests[0]?.zscore).toBeCloseTo(0.5, 2);
    expect(of({ ...limit, correction: 0.9e-4, verifiable: () => false }).tests).toEqual([]);
  });
});
