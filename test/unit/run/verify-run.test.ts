import { describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../../src/model/spec.ts';
import { verifyRun } from '../../../src/run/verify.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import type { TallyRow } from '../../../src/tables/tally-batch.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks } from '../../support/tally.ts';

const spec: SweepSpec = {
  name: 'test',
  seed: 'test',
  experiment: 'layer',
  fanIn: [1, 4, 1024],
  fanOut: 'fanIn',
  inputs: [{ kind: 'normal', params: { mean: 3 }, standardize: false, dataset: null }],
  initializers: [
    { kind: 'ones', params: {} },
    { kind: 'standard_uniform', params: {} },
  ],
  activations: [{ kind: 'logistic', params: {} }],
  beta: [1],
  samples: 64 * 1024,
  blocks: 64,
  saturation: 0.1,
  precision: null,
};
const plan = planSweep(spec);

/** Tallies of Σ x_i − 3n ~ N(0, n), as constant weights give them, in file order but for shuffled blocks. */
function tallies(spread = 1): TallyRow[] {
  return [1, 4].flatMap((fanIn) => {
    const random = new TestRandom(fanIn);
    const blocks = tallyBlocks(64, 1024, () => spread * Math.sqrt(fanIn) * random.normal());
    return blocks.map((tally, block) => ({ shape: 0, input: 0, fanIn, block, centre: 3 * fanIn, tally })).reverse();
  });
}

/** One row a cell; what is not given is null. */
function table(rows: Readonly<Record<string, number>>[]) {
  const base = { initializer: 0, input: 0, activation: 0, fan_in: 4, fan_out: 4, beta: 1, samples: 65536, blocks: 64 };
  return {
    rows: rows.length,
    numbers: (name: string) =>
      Float64Array.from(rows, (row) => ({ ...base, ...row })[name as keyof typeof base] ?? Number.NaN),
  };
}

describe('verifyRun', () => {
  // At a slope of 1 a few z of N(12, 4) decide E g′, and the rule of heavy tails leaves it out.
  const exact = {
    beta: 0.1,
    d_mean: 0.1,
    d_mean_mcse: 0.001,
    d_mean_theory: 0.1,
    d_mean_theory_kind: 0,
    d_mean_zscore: 0.5,
  };

  it('sets tallies and cells beside the theory of the plan', () => {
    const { tests, verdict } = verifyRun({ plan, tallies: tallies(), estimates: table([exact]) });
    expect(verdict).toBe('agrees');
    const mean = tests.find((test) => test.statistic === 'z_mean' && test.fanIn === 4);
    expect(mean).toMatchObject({ ensemble: 'constant × normal(mean=3, raw)', theory: 12, blocks: 64 });
    expect(mean?.value).toBeCloseTo(12, 1);
    expect(
      tests
        .filter((test) => test.fanIn === null)
        .map((test) => test.statistic)
        .sort(),
    ).toEqual(['cos(1z/sd)', 'cos(2z/sd)', 'z_mean', 'z_sq']);
    expect(tests.find((test) => test.cell !== null)).toMatchObject({ cell: 'ones, logistic, beta 0.1', zscore: 0.5 });
  });

  it('contradicts draws that are 3% too wide', () => {
    const { failures } = verifyRun({ plan, tallies: tallies(1.03), estimates: table([]) });
    expect(failures.map((test) => test.statistic)).toContain('z_sq');
  });

  it.each([
    ['z_p50', 1000, 0.1, 0.0098],
    ['z_p99', -1000, 0.1, 0.0186],
    ['z_mean', 30_000, 0.08, 0.0078],
  ])('contradicts a table whose %s is off by a few errors, however far the mean is: %d', (name, mean, shift, mcse) => {
    const inputs = [{ kind: 'normal', params: { mean }, standardize: false, dataset: null }];
    const far = planSweep({ ...spec, inputs });
    const row = (value: number) => ({
      ...{ z_var: 4, [name]: 4 * mean + value, [`${name}_theory`]: 4 * mean, [`${name}_theory_kind`]: 0 },
      ...{ [`${name}_mcse`]: mcse, [`${name}_zscore`]: (4 * mean + value - 4 * mean) / mcse },
    });
    const failures = (value: number) =>
      verifyRun({ plan: far, tallies: [], estimates: table([row(value)]) }).failures.map(({ statistic }) => statistic);
    expect(failures(mcse)).toEqual([]);
    expect(failures(shift)).toEqual([`table ${name}`]);
  });

  it('contradicts a cell', () => {
    const { failures } = verifyRun({ plan, tallies: [], estimates: table([exact, { ...exact, d_mean_zscore: -9 }]) });
    expect(failures).toEqual([]);
    const other = { ...exact, d_mean: 0.091, d_mean_zscore: -9 };
    expect(verifyRun({ plan, tallies: [], estimates: table([exact, other]) }).failures.length).toBe(1);
  });

  it('tests a limit only close to it: small slopes, large fan-in, weights with a density', () => {
    const limit = {
      ...{ a_var: 0.02, a_var_mcse: 0.001, a_var_theory: 0.02, a_var_theory_kind: 1, initializer: 1 },
    };
    const tested = (row: Readonly<Record<string, number>>) =>
      verifyRun({ plan, tallies: [], estimates: table([{ ...limit, ...row }]) }).tests.length;
    expect(tested({ fan_in: 1024, fan_out: 1024 })).toBe(1);
    expect(tested({ fan_in: 1024, fan_out: 1024, a_var_mcse: 1e-9 })).toBe(0);
    expect(tested({ fan_in: 1 })).toBe(0);
    expect(tested({ fan_in: 1024, initializer: 0 })).toBe(0);
    // K = 3 of the nearly linear, under 30,000 independent values.
    const gentle = (samples: number) => tested({ fan_in: 1024, fan_out: 1024, beta: 0.1, samples });
    expect([16_384, 65_536].map(gentle)).toEqual([0, 1]);
  });

  it('takes errors only where K/N_e is at most 1e-4', () => {
    const steep = planSweep({
      ...spec,
      fanIn: [1],
      inputs: [{ kind: 'normal', params: {}, standardize: true, dataset: null }],
      initializers: [{ kind: 'orthogonal', params: {} }],
      activations: [{ kind: 'tanh', params: {} }],
    });
    const tested = (statistic: string, samples: number) => {
      const row = {
        ...{ initializer: 0, fan_in: 1, fan_out: 1, beta: 24, samples },
        ...{ [statistic]: 1, [`${statistic}_theory`]: 1, [`${statistic}_theory_kind`]: 0 },
        ...{ [`${statistic}_mcse`]: 0.1, [`${statistic}_zscore`]: 0 },
      };
      return verifyRun({ plan: steep, tallies: [], estimates: table([row]) }).tests.length;
    };
    // E g′² = E sech⁴(24z) is made of z next to 0: K = 15.0, of E g′ it is 9.8. The mean of ±1 has none.
    expect(['d_sq_mean', 'd_mean'].map((statistic) => tested(statistic, 32_768))).toEqual([0, 0]);
    expect(['d_sq_mean', 'd_mean'].map((statistic) => tested(statistic, 143_000))).toEqual([0, 1]);
    expect(['d_sq_mean', 'd_mean'].map((statistic) => tested(statistic, 327_680))).toEqual([1, 1]);
    expect(['a_mean', 'saturated'].map((statistic) => tested(statistic, 2048))).toEqual([1, 1]);
  });

  it('takes the mean of z in the table only where its skewness allows', () => {
    const inputs = [{ kind: 'exponential', params: {}, standardize: true, dataset: null }];
    const skewed = planSweep({ ...spec, fanIn: [1], inputs });
    const tested = (samples: number) => {
      const mean = { z_var: 1, z_mean: 0, z_mean_theory: 0, z_mean_theory_kind: 0, z_mean_mcse: 0.1, z_mean_zscore: 0 };
      const row = { fan_in: 1, fan_out: 1, samples, ...mean };
      return verifyRun({ plan: skewed, tallies: [], estimates: table([row]) }).tests.length;
    };
    // ⅜·2²
    expect([14_900, 15_100].map(tested)).toEqual([0, 1]);
  });
});
