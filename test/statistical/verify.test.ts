import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepFromObject } from '../../src/config/load.ts';
import type { VerifyReport } from '../../src/run/verify.ts';
import { verifyDirectory } from '../../src/run/verify-run.ts';
import { scratch } from '../support/cli.ts';
import { layerSweep } from '../support/layer-sweep.ts';
import { finishedRun } from '../support/run-directories.ts';

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
    expect(mean?.theory).toBeCloseTo(sum, 12);
  });

  it('any weights on inputs without a variance', async () => {
    const { failures, total } = await verdictOf('student', {
      fanIn: [1, 4, 32],
      inputs: [1, 2].map((df) => ({ kind: 'student_t', df, standardize: false })),
      initializers: ['he_normal', { kind: 'sign', std: 0.5 }, 'orthogonal', 'standard_uniform', 'ones'],
    });
    expect(failures).toEqual([]);
    expect(total).toBeGreaterThan(0);
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
        beta: [1, 10, 30, 100, 300, 1000],
      });
      expect(failures).toEqual([]);
    }
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
  });
});
