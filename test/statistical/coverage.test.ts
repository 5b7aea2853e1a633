import { beforeAll, describe, expect, it } from 'vitest';
import type { Input } from '../../src/model/inputs.ts';
import type { Shape } from '../../src/model/shapes.ts';
import { jackknife } from '../../src/stats/jackknife.ts';
import { columnTotals, meanOf, moments, POWER_SUMS, varianceOf } from '../../src/stats/moments.ts';
import { zMoments } from '../../src/theory/moments.ts';
import { BOUNDS, Counts, covers, overRuns, powersOf, RUNS } from '../support/coverage.ts';
import { type DirectRows, planOf, withSide } from '../support/direct-sweep.ts';

function expectCoverage(hits: number): void {
  expect(hits).toBeGreaterThanOrEqual(BOUNDS.low);
  expect(hits).toBeLessThanOrEqual(BOUNDS.high);
}

describe('95% intervals, value ± t(63)·mcse, of 400 runs cover the exact truth in 95% of them', () => {
  const fanIns = [4, 64, 512];
  /** Layers of side 1, 8, 8 (normal inputs) and 1, 4, 4; 64 blocks of 512. */
  const common = { fanIn: fanIns, activations: ['tanh'], beta: [1.5], samples: 32_768, blocks: 64 };
  const counts = new Counts();
  const check = (pair: string, rows: DirectRows, row: number, fanIn: number, statistics: readonly string[]) => {
    for (const name of statistics) {
      const { value, mcse, theory, kind, note } = rows.entry(name, row);
      const key = `${pair} ${fanIn} ${name}`;
      counts.add(key, covers(value, mcse, theory as number));
      counts.add(`${key} exact and trusted`, kind === 'exact' && note === null);
      // Negative control: an exact truth 15% (of the sd, or of itself) away.
      const away = (theory as number) * 1.15 + (['z_mean', 'z_skew', 'z_kurt'].includes(name) ? 0.15 : 0);
      counts.add(`${key} wrong`, covers(value, mcse, away));
    }
  };
  // Orthogonal rows on normal inputs are exactly Gaussian, which makes every statistic of an activation exact.
  const gaussian = ['z_mean', 'z_var', 'z_skew', 'z_kurt', 'z_p95', 'a_var', 'd_mean', 'saturated'];
  const free = ['z_mean', 'z_var', 'z_kurt'];
  const dependent = ['z_mean', 'z_var'];

  beforeAll(async () => {
    const normal = await planOf({ ...common, inputs: ['normal'], initializers: ['orthogonal', 'standard_uniform'] });
    expect(normal.sides).toEqual([[[1, 4, 4]], [[1, 4, 4]]]);
    overRuns(normal, (sweep) => {
      fanIns.forEach((fanIn, f) => {
        const rows = sweep.rows(0, f);
        check('orthogonal × normal', rows, 0, fanIn, gaussian);
        check('uniform × normal', rows, 1, fanIn, free);
      });
    });
    const inputs = [
      { kind: 'bernoulli', p: 0.5, standardize: false },
      { kind: 'equicorrelated', rho: 0.5 },
    ];
    const shared = await planOf({ ...common, inputs, initializers: ['standard_uniform'] });
    expect(shared.sides).toEqual([
      [
        [1, 4, 4],
        [1, 4, 4],
      ],
    ]);
    overRuns(shared, (sweep) => {
      fanIns.forEach((fanIn, f) => {
        check('uniform × raw bernoulli', sweep.rows(0, f), 0, fanIn, dependent);
        check('uniform × equicorrelated', sweep.rows(1, f), 0, fanIn, dependent);
      });
    });
  });

  const cases = [
    ['orthogonal × normal', gaussian],
    ['uniform × normal', free],
    ['uniform × raw bernoulli', dependent],
    ['uniform × equicorrelated', dependent],
  ] as const;
  const each = cases.flatMap(([pair, names]) =>
    names.flatMap((name) => fanIns.map((fanIn) => [pair, name, fanIn] as const)),
  );

  it.each(each)('%s: %s at fan-in %i', (pair, name, fanIn) => {
    const key = `${pair} ${fanIn} ${name}`;
    expectCoverage(counts.of(key));
    expect(counts.of(`${key} exact and trusted`)).toBe(RUNS);
    expect(counts.of(`${key} wrong`)).toBeLessThan(BOUNDS.low);
  });
});

describe('layers of side 32 on inputs that depend on each other', () => {
  const counts = new Counts();
  const inputs = ['raw bernoulli', 'equicorrelated'];

  beforeAll(async () => {
    const planned = await planOf({
      fanIn: [64],
      inputs: [
        { kind: 'bernoulli', p: 0.5, standardize: false },
        { kind: 'equicorrelated', rho: 0.5 },
      ],
      initializers: ['standard_uniform'],
      samples: 262_144,
      blocks: 64,
    });
    const plan = withSide(planned, 32);
    expect(plan.blockSamples).toBe(4 * 32 * 32);
    overRuns(plan, (sweep) => {
      inputs.forEach((name, i) => {
        const truth = zMoments(plan.shapes[0] as Shape, plan.inputs[i] as Input, 64);
        const powers = powersOf(sweep, 0, i, 0);
        const mean = jackknife(powers, POWER_SUMS, meanOf);
        const variance = jackknife(powers, POWER_SUMS, varianceOf);
        counts.add(`${name} mean`, covers(mean.value, mean.mcse, truth.mean));
        counts.add(`${name} variance`, covers(variance.value, variance.mcse, truth.variance));
        // As if every pre-activation were independent of the others: s/√N, and s²·√((2 + excess)/N).
        const { count, variance: square, excess } = moments(columnTotals(powers, POWER_SUMS));
        const naive = Math.sqrt((square as number) / count);
        counts.add(`${name} naive mean`, covers(mean.value, naive, truth.mean));
        const naiveSquare = (square as number) * Math.sqrt((2 + (excess as number)) / count);
        counts.add(`${name} naive variance`, covers(variance.value, naiveSquare, truth.variance));
      });
    });
  });

  it.each(inputs)('%s: the jackknife over blocks covers, errors of independent values do not', (name) => {
    expectCoverage(counts.of(`${name} mean`));
    expectCoverage(counts.of(`${name} variance`));
    // Inflated 8 to 16 times, so that naive intervals cover less than 60%.
    expect(counts.of(`${name} naive variance`)).toBeLessThan(0.6 * RUNS);
    // r = μ²/E x² is 0 for centred inputs: their z_mean is as good as from independent values.
    if (name === 'raw bernoulli') expect(counts.of(`${name} naive mean`)).toBeLessThan(0.6 * RUNS);
  });
});
