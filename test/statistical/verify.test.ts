import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSweep, sweepFromObject } from '../../src/config/load.ts';
import type { VerifyReport } from '../../src/run/verify.ts';
import { verifyDirectory } from '../../src/run/verify-run.ts';
import { scratch } from '../support/cli.ts';
import { layerSweep } from '../support/layer-sweep.ts';
import { rewriteEstimates } from '../support/rewrite-estimates.ts';
import { copyRun, finishedRun } from '../support/run-directories.ts';

const folder = scratch();
// Columns of means 3, −1, 8 and 0.2 that depend on each other.
writeFileSync(
  join(folder, 'rows.csv'),
  ['a,b,c,d', '2,0,9,.1', '4,-2,8.5,.3', '3,-1.5,6.5,.2', '3,-.5,8,.2'].join('\n'),
);

/** What `verify` makes of a run: right ones contradict themselves with probability 1e-3 (Holm), the seed is fixed. */
async function verdictOf(name: string, config: Readonly<Record<string, unknown>>): Promise<VerifyReport> {
  const shared = { name, seed: 'verify', activations: ['logistic', 'tanh', 'relu', 'erf'], samples: 65_536 };
  const directory = join(folder, name);
  await finishedRun(directory, layerSweep(await sweepFromObject({ ...shared, ...config }, { directory: folder })));
  return verifyDirectory(directory);
}

/** What contradicts the theory once a column of the run's table is another (negative control). */
function contradicting(name: string, column: string, change: (value: number) => number) {
  const directory = copyRun(join(folder, name), join(folder, 'changed'));
  rewriteEstimates(join(directory, 'estimates.arrow'), column, change);
  return verifyDirectory(directory).failures.map(({ statistic, cell }) => `${statistic} of ${cell}`);
}

const larger = (value: number) => 1.5 * value;

describe('verify agrees with a run of', () => {
  it.each([
    ['raw', 2],
    // (2 − 2·mean)/sd of all values
    ['standardised', -3.1 / Math.sqrt(12.50875)],
  ])('constant weights on whole rows, %s', async (name, sum) => {
    const { failures, tests } = await verdictOf(`rows-${name}`, {
      fanIn: [1, 2, 4],
      inputs: [{ kind: 'empirical', file: 'rows.csv', draw: 'rows', standardize: name === 'standardised' }],
      initializers: ['ones', { kind: 'constant', value: -0.3 }],
      beta: [0.5, 2],
    });
    expect(failures).toEqual([]);
    const mean = tests.find(
      ({ statistic, fanIn, cell }) => statistic === 'table z_mean' && fanIn === 2 && cell === 'ones',
    );
    expect(mean?.theory).toBeCloseTo(sum, 7);
    expect(contradicting(`rows-${name}`, 'z_mean', (value) => value + 1)).toContain('table z_mean of ones');
  });

  it('constant weights on rows whose entries cancel, so that single precision shows', async () => {
    const shares = Array.from({ length: 64 }, (_, row) => {
      const parts = Array.from({ length: 8 }, (_, i) => 1 + ((7 * row + 5 * i * i) % 23));
      const sum = parts.reduce((a, b) => a + b);
      return parts.map((part) => part / sum);
    });
    const files = {
      // Eight sum to one: what varies is rounding.
      shares: shares.map((row) => row.join()),
      // Nearly, in the file already.
      rounded: shares.slice(0, 10).map((row) => row.map((share) => share.toFixed(5)).join()),
      // Two rows at equal distances from their mean: z² has no error at all.
      two: ['.13,.87,0,0,0,0,0,0', '.71,.2901,0,0,0,0,0,0'],
      far: ['1e6,-1000001,1,2,3,4,5,6', '1000001,-1e6,3,2,1,0,-1,4', '999999,-999998,1,1,1,1,1,1'],
    };
    for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, `${name}.csv`), rows.join('\n'));
    const { failures, tests } = await verdictOf('cancelling', {
      fanIn: [2, 4, 8],
      inputs: Object.keys(files).flatMap((name) =>
        [true, false].map((standardize) => ({
          ...{ kind: 'empirical', file: `${name}.csv`, draw: 'rows' },
          standardize,
        })),
      ),
      initializers: ['ones', { kind: 'constant', value: -0.3 }],
    });
    expect(failures).toEqual([]);
    const ofShares = tests.find(
      ({ statistic, fanIn, ensemble }) =>
        statistic === 'z_sq' && fanIn === 8 && ensemble.includes('shares.csv, rows, raw'),
    );
    expect(ofShares?.theory).toBeGreaterThan(0);
    expect(ofShares?.theory).toBeLessThan(1e-14);
    expect(contradicting('cancelling', 'z_var', larger)).toContain('table z_var of ones');
  });

  it('constant weights on a column far from 0, where its mean is no single', async () => {
    const times = Array.from({ length: 200 }, (_, i) => 2 ** 24 + ((37 * i) % 11));
    writeFileSync(join(folder, 'times.csv'), times.join('\n'));
    const { failures, tests } = await verdictOf('times', {
      fanIn: [1, 2, 16],
      inputs: [{ kind: 'empirical', file: 'times.csv', standardize: false }],
      initializers: ['ones', { kind: 'constant', value: 1e-6 }],
    });
    expect(failures).toEqual([]);
    // From the tallies, which are about E z. Rounded to a single, the mean would be 0.45 off.
    const mean = tests.find(({ statistic, fanIn }) => statistic === 'z_mean' && fanIn === 1);
    expect(mean?.theory).toBeGreaterThan(2 ** 24);
    expect(Math.abs(mean?.zscore ?? Number.NaN)).toBeLessThan(4);
    expect(contradicting('times', 'z_mean', (value) => value + 0.3)).toContain('table z_mean of ones');
    expect(contradicting('times', 'z_var', larger)).toContain('table z_var of ones');
  });

  it('any weights on inputs without a variance', async () => {
    const { failures, total } = await verdictOf('student', {
      fanIn: [1, 4, 32],
      inputs: [1, 2].map((df) => ({ kind: 'student_t', df, standardize: false })),
      initializers: ['he_normal', { kind: 'sign', std: 0.5 }, 'orthogonal', 'standard_uniform', 'ones'],
    });
    expect(failures).toEqual([]);
    expect(total).toBeGreaterThan(0);
    expect(contradicting('student', 'a_mean', (value) => value + 0.05)).toContain('a_mean of he_normal, tanh, beta 1');
  });

  it('slopes so steep that few z decide the mean of g′', async () => {
    for (const seed of ['a', 'd', 'f']) {
      const { failures } = await verdictOf(`steep-${seed}`, {
        ...{ seed, samples: 16_384, fanIn: [256, 1024, 4096] },
        // Under an exact law, and in the limit of one.
        inputs: ['rademacher', 'uniform'],
        initializers: [
          { kind: 'normal', std: 1 },
          { kind: 'uniform', bound: 1 },
        ],
        beta: [0.05, 1, 10, 30, 100, 300, 1000],
      });
      expect(failures).toEqual([]);
    }
    const gentle = 'd_mean of normal, logistic, beta 0.05';
    expect(contradicting('steep-a', 'd_mean', larger)).toContain(gentle);
  });

  it('activations far out, where they are next to 0', async () => {
    const { failures, tests } = await verdictOf('gelu', {
      fanIn: [1],
      inputs: [
        ...[-8.25e-3, -8.4e-3].map((mean) => ({ kind: 'normal', mean, std: 1e-6, standardize: false })),
        ...[-8.25, -8.4].map((mean) => ({ kind: 'normal', mean, std: 1e-3, standardize: false })),
      ],
      initializers: ['ones'],
      activations: ['gelu', 'silu', 'softplus', 'elu', 'tanh', 'erf'],
      beta: [1, 1000],
    });
    expect(failures).toEqual([]);
    expect(tests.some(({ statistic, cell }) => statistic === 'd_mean' && cell === 'ones, gelu, beta 1000')).toBe(true);
    expect(contradicting('gelu', 'd_mean', larger)).toContain('d_mean of ones, silu, beta 1000');
  });

  it('slopes too small for single precision', async () => {
    const { failures, tests } = await verdictOf('saturated', {
      fanIn: [1, 3],
      inputs: [
        { kind: 'constant', value: -3 },
        { kind: 'normal', mean: 100, std: 0.01, standardize: false },
      ],
      initializers: [{ kind: 'sign', std: 2 }, 'ones'],
      beta: [0.5, 3],
    });
    expect(failures).toEqual([]);
    const slope = tests.find(
      (test) => test.cell === 'sign(std=2), erf, beta 3' && test.statistic === 'd_mean' && test.fanIn === 3,
    );
    expect(slope?.theory).toBeCloseTo(4.93e-141, 143);
    expect(slope?.mcse).toBeGreaterThan(0);
    expect(contradicting('saturated', 'd_mean', larger)).toContain('d_mean of sign(std=2), erf, beta 0.5');
  });

  it('inputs drawn from the numbers of a file, as shipped', async () => {
    const directory = join(folder, 'empirical');
    await finishedRun(directory, layerSweep(await loadSweep('configs/empirical.yaml')));
    const { failures, tests } = verifyDirectory(directory);
    expect(failures).toEqual([]);
    expect(tests.some(({ ensemble }) => ensemble.includes('raw'))).toBe(true);
    expect(contradicting('empirical', 'z_var', larger)).toContain('table z_var of standard_uniform');
  });
});
