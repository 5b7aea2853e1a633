import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VerifyReport } from '../../src/run/verify.ts';
import { initsweep, scratch, writeConfig } from '../support/cli.ts';

const folder = scratch();
// Constant weights on normal inputs are exactly Gaussian, signs on signs exactly binomial.
const config = writeConfig(folder, 'exact.json', {
  fanIn: [1, 16],
  inputs: ['normal', 'rademacher'],
  initializers: ['ones', 'sign'],
  activations: ['logistic', 'relu'],
});

/** A run in this process, where a formula of its theory can be broken on purpose, and what `verify` makes of it in another. */
async function verified(name: string) {
  vi.resetModules();
  const [{ loadSweep }, { InlineExecutor }, { runSweep }] = await Promise.all([
    import('../../src/config/load.ts'),
    import('../../src/execute/inline.ts'),
    import('../../src/run/run-sweep.ts'),
  ]);
  const directory = join(folder, name);
  const open = (plan: ConstructorParameters<typeof InlineExecutor>[0]) => Promise.resolve(new InlineExecutor(plan));
  await runSweep(await loadSweep(config), { directory, threads: 1, open });
  const { status, stdout } = initsweep('verify', directory, '--format', 'json');
  const { verdict, failures } = JSON.parse(stdout) as VerifyReport;
  return {
    status,
    verdict,
    statistics: [...new Set(failures.map(({ statistic }) => statistic))].sort(),
    ensembles: [...new Set(failures.map(({ ensemble }) => ensemble))].sort(),
  };
}

describe('verify of a run whose theory is wrong', () => {
  const broken = ['theory/gaussian', 'theory/binomial', 'derive/theory', 'model/activations/saturation'].map(
    (file) => `../../src/${file}.ts`,
  );

  afterEach(() => {
    for (const file of broken) vi.doUnmock(file);
    vi.resetModules();
  });

  it('agrees as long as nothing is broken', async () => {
    expect(await verified('whole')).toEqual({ status: 0, verdict: 'agrees', statistics: [], ensembles: [] });
  });

  it('contradicts a quadrature whose nodes are 5% too far out', async () => {
    vi.doMock('../../src/theory/gaussian.ts', async (original) => {
      const module = await original<typeof import('../../src/theory/gaussian.ts')>();
      return {
        ...module,
        gaussianRule: (...args: Parameters<typeof module.gaussianRule>) => {
          const { nodes, weights } = module.gaussianRule(...args);
          return { nodes: nodes.map((node) => 1.05 * node), weights };
        },
      };
    });
    const { status, statistics, ensembles } = await verified('quadrature');
    expect(status).toBe(1);
    expect(statistics).toEqual(['a_mean', 'a_var', 'd_mean', 'd_sq_mean']);
    expect(ensembles).toEqual(['constant × normal', 'sign × normal']);
  });

  it('contradicts a binomial law of p + 0.02', async () => {
    vi.doMock('../../src/theory/binomial.ts', async (original) => {
      const module = await original<typeof import('../../src/theory/binomial.ts')>();
      return { ...module, binomialProbabilities: (n: number, p: number) => module.binomialProbabilities(n, p + 0.02) };
    });
    const { status, statistics, ensembles } = await verified('binomial');
    expect(status).toBe(1);
    expect(statistics).toEqual(['a_mean', 'a_var', 'd_mean', 'd_sq_mean', 'saturated']);
    expect(ensembles).toEqual(['constant × rademacher', 'sign × rademacher']);
  });

  it('contradicts intervals of saturation that are 5% too far out, with a lattice or without', async () => {
    vi.doMock('../../src/model/activations/saturation.ts', async (original) => {
      const { saturationSet } = await original<typeof import('../../src/model/activations/saturation.ts')>();
      return {
        saturationSet: (...args: Parameters<typeof saturationSet>) =>
          saturationSet(...args).map(([from, to]) => [1.05 * from, 1.05 * to]),
      };
    });
    const { status, statistics, ensembles } = await verified('intervals');
    expect(status).toBe(1);
    expect(statistics).toEqual(['saturated']);
    expect(ensembles).toEqual(expect.arrayContaining(['constant × normal', 'sign × normal']));
  });

  it.each([
    ['expectedQuantile', ['table z_p01', 'table z_p05', 'table z_p95', 'table z_p99']],
    ['expectedSaturation', ['saturated']],
  ] as const)('contradicts %s times 1.05', async (name, found) => {
    vi.doMock('../../src/derive/theory.ts', async (original) => {
      const module = await original<typeof import('../../src/derive/theory.ts')>();
      const formula = module[name] as (...args: unknown[]) => number | null;
      return {
        ...module,
        [name]: (...args: unknown[]) => {
          const value = formula(...args);
          return value === null ? null : 1.05 * value;
        },
      };
    });
    const { status, statistics } = await verified(name);
    expect(status).toBe(1);
    expect(statistics).toEqual(found);
  });
});
