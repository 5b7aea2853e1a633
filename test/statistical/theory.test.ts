import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import type { Input } from '../../src/model/inputs.ts';
import { studentTQuantile } from '../../src/numeric/special.ts';
import { STATISTICS } from '../../src/stats/statistics.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import { scratch } from '../support/cli.ts';
import { type DirectSweep, directSweep, planOf, reseeded, simulateDirectly } from '../support/direct-sweep.ts';
import { writeData } from '../support/rich-sweep.ts';

/** The largest |z| that `tests` true theories reach with probability 1e-4 (Bonferroni, t with 63 degrees of freedom). */
const largestOf = (tests: number): number => studentTQuantile(1 - 1e-4 / (2 * tests), 63);

const kernel = new WasmKernel();

describe('z_var is the variance that the weight rule promises', () => {
  /** Written out from the papers, for mean 0 and variance 1 inputs; not from the registry. */
  const rules: readonly (readonly [unknown, (n: number, m: number) => number])[] = [
    ['standard_uniform', () => 1 / 3],
    ['lecun_uniform', () => 1],
    ['lecun_normal', () => 1],
    ['glorot_uniform', (n, m) => (2 * n) / (n + m)],
    ['glorot_normal', (n, m) => (2 * n) / (n + m)],
    ['he_uniform', () => 2],
    [{ kind: 'he_normal', negativeSlope: 1 }, () => 1],
    ['he_truncated_normal', () => 2],
    [{ kind: 'uniform', bound: 0.5 }, (n) => n / 12],
    [{ kind: 'normal', std: 3 }, (n) => 9 * n],
    [{ kind: 'truncated_normal', std: 2 }, (n) => 4 * 0.7737413 * n],
    [{ kind: 'sign', std: 0.1 }, (n) => 0.01 * n],
    [{ kind: 'orthogonal', gain: 2 }, () => 4],
  ];
  const fanIn = [1, 2, 3, 8, 16, 64, 129, 512];
  const fanOut = [1, 64];
  const centred = [
    'normal',
    'uniform',
    'rademacher',
    'exponential',
    'laplace',
    { kind: 'bernoulli', p: 0.3 },
    { kind: 'sparse', p: 0.3 },
    { kind: 'equicorrelated', rho: 0.5 },
    { kind: 'ar1', phi: 0.8 },
  ];
  const limit = largestOf(rules.length * fanIn.length * fanOut.length * centred.length);
  /** (value − rule)/mcse of every cell of some inputs, by rule. */
  const scores = async (inputs: readonly unknown[], wrong = 1): Promise<number[][]> => {
    const initializers = rules.map(([initializer]) => initializer);
    const plan = await planOf({ fanIn, fanOut, inputs, initializers, samples: 65_536, seed: 'rules' });
    const sweep = simulateDirectly(kernel, plan);
    const found: number[][] = rules.map(() => []);
    plan.inputs.forEach((_, i) => {
      fanIn.forEach((n, f) => {
        const rows = sweep.rows(i, f);
        for (let row = 0; row < rows.rows; row++) {
          const rule = rows.axis('initializer', row);
          const truth = wrong * (rules[rule]?.[1](n, rows.axis('fan_out', row)) as number);
          const { value, mcse } = rows.entry('z_var', row);
          // Random signs on ±1 have no spread at fan-in 1; single precision holds 0.1² to 1e-7.
          const difference = Math.abs((value as number) - truth);
          found[rule]?.push(mcse === 0 ? (difference <= 1e-6 * truth ? 0 : Infinity) : difference / (mcse as number));
        }
      });
    });
    return found;
  };

  it('whatever centred unit-variance inputs it meets, at every fan-in', async () => {
    const found = await scores(centred);
    for (const [rule, values] of found.entries()) {
      expect(values).toHaveLength(fanIn.length * fanOut.length * centred.length);
      expect(Math.max(...values), JSON.stringify(rules[rule]?.[0])).toBeLessThan(limit);
    }
  });

  it('and not 6% more, nor on raw inputs', async () => {
    for (const values of await scores(['normal'], 1.06)) expect(Math.max(...values)).toBeGreaterThan(limit);
    const raw = { kind: 'bernoulli', p: 0.3, standardize: false };
    for (const values of await scores([raw])) expect(Math.min(...values)).toBeGreaterThan(limit);
  });
});

describe('z-scores of exact theories', () => {
  const SEEDS = 4;
  const folder = scratch();
  let plan: SweepPlan;
  let first: DirectSweep;

  interface Score {
    readonly statistic: string;
    /** Cells of one run and ensemble share draws. */
    readonly cluster: string;
    readonly zscore: number;
    readonly where: string;
  }

  /** Every distinct z-score: statistics of z once for each initializer, gains inherit from d_sq_mean. */
  function scoresOf(sweep: DirectSweep, run: number): Score[] {
    const scores: Score[] = [];
    sweep.plan.inputs.forEach(({ label }, i) => {
      sweep.plan.spec.fanIn.forEach((fanIn, f) => {
        const rows = sweep.rows(i, f);
        for (let row = 0; row < rows.rows; row++) {
          const initializer = rows.axis('initializer', row);
          for (const { name } of STATISTICS) {
            if (name.startsWith('chi_') || (name.startsWith('z_') && rows.axis('activation', row) > 0)) continue;
            const { zscore, note } = rows.entry(name, row);
            if (zscore === null || (note !== null && Number.isFinite(zscore))) continue;
            const where = `${name} of ${sweep.plan.initializers[initializer]?.label} × ${label} at ${fanIn}, row ${row}`;
            scores.push({ statistic: name, cluster: `${run} ${initializer} ${i}`, zscore, where });
          }
        }
      });
    });
    return scores;
  }

  const worst = (scores: readonly Score[]): Score =>
    scores.reduce((a, b) => (Math.abs(b.zscore) > Math.abs(a.zscore) ? b : a));

  beforeAll(async () => {
    writeData(folder);
    plan = await planOf({
      fanIn: [1, 2, 5, 16, 100],
      inputs: [
        'normal',
        'uniform',
        'rademacher',
        { kind: 'bernoulli', p: 0.3 },
        { kind: 'bernoulli', p: 0.7, standardize: false },
        { kind: 'sparse', p: 0.5 },
        'exponential',
        'laplace',
        { kind: 'student_t', df: 12 },
        { kind: 'constant', value: 0.7 },
        { kind: 'normal', mean: 1, std: 0.5, standardize: false },
        { kind: 'equicorrelated', rho: 0.3 },
        { kind: 'ar1', phi: 0.7 },
        { kind: 'empirical', file: join(folder, 'rows.csv'), draw: 'rows', standardize: false },
      ],
      initializers: [
        'standard_uniform',
        'normal',
        'truncated_normal',
        'sign',
        'orthogonal',
        { kind: 'constant', value: -0.5 },
      ],
      activations: ['logistic', 'tanh', 'relu', 'leaky_relu', 'elu', 'gelu', 'silu', 'softplus', 'erf'],
      beta: [0.7],
      samples: 65_536,
    });
    first = simulateDirectly(kernel, reseeded(plan, 'theory-0'));
  });

  it('are those of true theories: none beyond chance, and as spread as Student’s t', () => {
    const scores = scoresOf(first, 0);
    for (let run = 1; run < SEEDS; run++)
      scores.push(...scoresOf(simulateDirectly(kernel, reseeded(plan, `theory-${run}`)), run));
    expect(scores.length).toBeGreaterThan(20_000);
    const { zscore, where } = worst(scores);
    expect(Math.abs(zscore), where).toBeLessThan(largestOf(scores.length));
    // E t² = 63/61. Cells of one cluster are averaged first; 5 standard errors of what is left: 1e-6 for each statistic.
    for (const name of new Set(scores.map((score) => score.statistic))) {
      const clusters = new Map<string, number[]>();
      for (const { statistic, cluster, zscore: z } of scores)
        if (statistic === name) clusters.set(cluster, [...(clusters.get(cluster) ?? []), z * z]);
      const means = [...clusters.values()].map((own) => own.reduce((sum, square) => sum + square, 0) / own.length);
      const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
      const error = Math.sqrt(means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / means.length ** 2);
      expect(error, name).toBeLessThan(0.25);
      expect(Math.abs(mean - 63 / 61), name).toBeLessThan(5 * error);
    }
  });

  /** The same draws judged by the theory of other inputs: which statistics contradict it. */
  const contradicted = (label: string, change: (input: Input) => Input): Set<string> => {
    const inputs = plan.inputs.map((input) => (input.label === label ? change(input) : input));
    const sweep = directSweep(kernel, { ...plan, inputs }, first.source);
    const scores = scoresOf(sweep, 0);
    const limit = largestOf(scores.length);
    return new Set(scores.filter(({ zscore }) => Math.abs(zscore) > limit).map(({ statistic }) => statistic));
  };
  const scaled = (moments: readonly number[], order: number, factor: number): readonly number[] =>
    moments.map((moment, k) => (k === order ? factor * moment : moment));

  it('show a second moment that is 5% wrong, a fourth that is 30%, a correlation of 0.4 for 0.3', () => {
    expect(contradicted('none', (input) => input)).toEqual(new Set());
    const second = (input: Input) => ({ ...input, moments: scaled(input.moments, 2, 1.05) });
    expect(contradicted('laplace', second)).toContain('z_var');
    const fourth = (input: Input) => ({ ...input, moments: scaled(input.moments, 4, 1.3) });
    expect(contradicted('uniform', fourth)).toContain('z_kurt');
    const correlated = (input: Input): Input => ({ ...input, dependence: { kind: 'equicorrelated', rho: 0.4 } });
    expect(contradicted('equicorrelated(rho=0.3)', correlated)).toEqual(
      new Set([
        'z_var',
        'z_kurt',
        'z_p01',
        'z_p05',
        'z_p95',
        'z_p99',
        'a_mean',
        'a_var',
        'd_mean',
        'd_sq_mean',
        'saturated',
      ]),
    );
    const louder = (input: Input): Input => ({ ...input, sampler: { ...input.sampler, params: [0.68] } });
    expect(contradicted('bernoulli(p=0.7, raw)', louder)).toContain('a_var');
  });
});
