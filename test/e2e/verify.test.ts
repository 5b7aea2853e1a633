import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { VerifyReport } from '../../src/run/verify.ts';
import { readEstimates } from '../../src/tables/estimate-reader.ts';
import { initsweep, scratch, writeConfig } from '../support/cli.ts';
import { rewriteEstimates } from '../support/rewrite-estimates.ts';

const folder = scratch();
const run = join(folder, 'run');

beforeAll(() => {
  // Constant weights on normal inputs are exactly Gaussian, signs on signs exactly binomial: their cells have exact theory.
  const config = writeConfig(folder, 'exact.json', {
    inputs: ['normal', 'rademacher'],
    initializers: ['standard_uniform', 'ones', 'sign'],
    samples: 65536,
  });
  expect(initsweep('run', config, '--out', run, '--quiet')).toMatchObject({ status: 0 });
});

function copyOf(name: string): string {
  const copy = join(folder, name);
  mkdirSync(copy);
  for (const file of readdirSync(run)) copyFileSync(join(run, file), join(copy, file));
  return copy;
}

const report = (directory: string, ...args: string[]) => {
  const { status, stdout } = initsweep('verify', directory, '--format', 'json', ...args);
  return { status, ...(JSON.parse(stdout) as VerifyReport) };
};

describe('the main job', () => {
  const out = join(folder, 'gold-rule');

  beforeAll(() => {
    expect(initsweep('run', 'configs/gold-rule.yaml', '--out', out, '--quiet').status).toBe(0);
  });

  it('keeps z at variance 1/3 at every fan-in for every input of mean 0 and variance 1, and for no other', () => {
    const table = readEstimates(join(out, 'estimates.arrow'));
    const [initializers, inputs] = [table.labels('initializer'), table.labels('input')];
    const [fanIns, variances, errors] = ['fan_in', 'z_var', 'z_var_mcse'].map((name) => table.numbers(name));
    const distances = new Map<string, number>();
    initializers.forEach((initializer, row) => {
      if (initializer !== 'standard_uniform') return;
      const distance = Math.abs((variances?.[row] as number) - 1 / 3) / (errors?.[row] as number);
      distances.set(`${inputs[row]} at ${fanIns?.[row]}`, distance);
    });
    const of = (raw: boolean) =>
      [...distances].flatMap(([cell, distance]) => (cell.includes('raw') === raw ? [distance] : []));
    // 13 fan-ins; Student’s t with 63 degrees of freedom: beyond 4.5 in one of 65 cells in 2e-3 of seeds.
    expect([of(false).length, of(true).length]).toEqual([65, 13]);
    expect(Math.max(...of(false)), JSON.stringify([...distances])).toBeLessThan(4.5);
    expect(Math.min(...of(true))).toBeGreaterThan(100);
  });

  it('passes', () => {
    const { status, stdout, stderr } = initsweep('verify', out);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^statistic +tests +largest \|t\| +smallest p +contradictions$/m);
    for (const statistic of [
      'z_mean',
      'z_sq',
      'z_skew',
      'z_kurt',
      'cos\\(1z/sd\\)',
      'd_mean',
      'saturated',
      'table z_var',
    ])
      expect(stdout).toMatch(new RegExp(`^${statistic} +\\d+ +[\\d.]+ +[\\de.-]+ +0$`, 'm'));
    expect(stdout).toContain('most extreme:');
    expect(stdout).toMatch(/^not tested:\n {2}z_\w+: heavy tails \(\d+\)$/m);
    expect(stdout).toMatch(/^agrees: \d{5} tests, no contradiction \(chance of any false alarm at most 0\.001: /m);
  });
});

describe('verify', () => {
  it('gives its report to programs', () => {
    const { status, verdict, total, contradictions, tests, statistics } = report(run);
    expect({ status, verdict, contradictions }).toEqual({ status: 0, verdict: 'agrees', contradictions: 0 });
    expect(total).toBe(statistics.reduce((sum, { tests: count }) => sum + count, 0));
    expect(tests.map(({ p }) => p)).toEqual(tests.map(({ p }) => p).sort((a, b) => a - b));
    expect(tests.some(({ cell }) => cell?.startsWith('ones, logistic') ?? false)).toBe(true);
  });

  it('takes another false alarm rate', () => {
    expect(report(run, '--alpha', '0.05')).toMatchObject({ alpha: 0.05 });
  });

  it.each([
    ['z_var', 1.03, 'table z_var'],
    ['z_mean', 1.5, 'table z_mean'],
    ['d_mean', 1.02, 'd_mean'],
    ['a_var', 1.03, 'a_var'],
    ['saturated', 1.05, 'saturated'],
    ['d_sq_mean_theory', 0.98, 'd_sq_mean'],
  ])('finds %s of the table times %d', (column, factor, statistic) => {
    const copy = copyOf(`tampered ${column}`);
    rewriteEstimates(join(copy, 'estimates.arrow'), column, (value) =>
      column === 'z_mean' ? value + factor : value * factor,
    );
    const { status, verdict, failures } = report(copy);
    expect({ status, verdict }).toEqual({ status: 1, verdict: 'contradicts' });
    expect(new Set(failures.map((test) => test.statistic))).toEqual(new Set([statistic]));
  });

  it('passes a table that was rewritten unchanged', () => {
    const copy = copyOf('rewritten');
    rewriteEstimates(join(copy, 'estimates.arrow'), 'z_var', (value) => value);
    expect(report(copy)).toMatchObject({ status: 0, verdict: 'agrees' });
  });

  it('shows a contradiction', () => {
    const copy = copyOf('shown');
    rewriteEstimates(join(copy, 'estimates.arrow'), 'd_mean', (value) => value * 1.02);
    const { status, stdout } = initsweep('verify', copy);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^d_mean +\d+ +[\d.∞]+ +\S+ +[1-9]\d*$/m);
    expect(stdout).toMatch(/^contradicts: \d+ of \d+ tests/m);
  });
});

/** The same command in this process, where a formula can be broken on purpose. */
describe('verify with a broken formula', () => {
  afterEach(() => {
    vi.doUnmock('../../src/theory/moments.ts');
    vi.doUnmock('../../src/theory/characteristic.ts');
    vi.resetModules();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  async function verify(): Promise<{ code: typeof process.exitCode; out: string }> {
    vi.resetModules();
    const { verifyCommand } = await import('../../src/cli/verify.ts');
    let out = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      out += String(chunk);
      for (const done of rest) if (typeof done === 'function') done();
      return true;
    });
    await verifyCommand().parseAsync([run], { from: 'user' });
    return { code: process.exitCode, out };
  }

  it('agrees as long as nothing is broken', async () => {
    expect(await verify()).toMatchObject({ code: undefined, out: expect.stringMatching(/^agrees: /m) });
  });

  it.each(['variance', 'mean', 'excess', 'skewness'] as const)('contradicts a wrong %s', async (field) => {
    vi.doMock('../../src/theory/moments.ts', async (original) => {
      const module = await original<typeof import('../../src/theory/moments.ts')>();
      return {
        ...module,
        zMoments: (...args: Parameters<typeof module.zMoments>) => {
          const z = module.zMoments(...args);
          const value = z[field] as number;
          return { ...z, [field]: field === 'variance' ? value * 1.04 : value + 0.15 };
        },
      };
    });
    expect(await verify()).toMatchObject({ code: 1, out: expect.stringMatching(/^contradicts: \d+ of \d+ tests/m) });
  });

  it('contradicts a wrong characteristic function', async () => {
    vi.doMock('../../src/theory/characteristic.ts', async (original) => {
      const module = await original<typeof import('../../src/theory/characteristic.ts')>();
      return {
        ...module,
        characteristic: (...args: Parameters<typeof module.characteristic>) => {
          const value = module.characteristic(...args);
          return value === null ? null : value + 0.03;
        },
      };
    });
    const { code, out } = await verify();
    expect(code).toBe(1);
    expect(out).toMatch(/^cos\(1z\/sd\) +\d+ +[\d.∞]+ +\S+ +[1-9]\d*$/m);
  });
});
