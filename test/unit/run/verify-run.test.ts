import { describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../../src/model/spec.ts';
import type { TallyRow } from '../../../src/run/ensemble-parts.ts';
import { verifyRun } from '../../../src/run/verify.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
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
    return blocks.map((tally, block) => ({ shape: 0, input: 0, fanIn, block, tally })).reverse();
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
  const exact = { d_mean: 0.1, d_mean_mcse: 0.001, d_mean_theory: 0.1, d_mean_theory_kind: 0, d_mean_zscore: 0.5 };

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
    expect(tests.find((test) => test.cell !== null)).toMatchObject({ cell: 'ones, logistic, beta 1', zscore: 0.5 });
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
  });
});
