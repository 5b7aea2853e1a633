import { beforeAll, describe, expect, it } from 'vitest';
import type { Input } from '../../src/model/inputs.ts';
import type { Shape } from '../../src/model/shapes.ts';
import { jackknife } from '../../src/stats/jackknife.ts';
import { excessOf, POWER_SUMS } from '../../src/stats/moments.ts';
import { zMoments } from '../../src/theory/moments.ts';
import { BOUNDS, Counts, covers, overRuns, powersOf, RUNS } from '../support/coverage.ts';
import { planOf } from '../support/direct-sweep.ts';

function expectCoverage(hits: number): void {
  expect(hits).toBeGreaterThanOrEqual(BOUNDS.low);
  expect(hits).toBeLessThanOrEqual(BOUNDS.high);
}

/** A z that is normal by itself, and a steep activation. */
const ORTHOGONAL = {
  inputs: ['normal'],
  initializers: ['orthogonal'],
  activations: ['tanh'],
  samples: 16_384,
  blocks: 64,
};

describe('heavy tails', () => {
  const fanIns = [4, 64];
  const counts = new Counts();
  const seen = new Map<string, Set<string>>();

  beforeAll(async () => {
    const plan = await planOf({
      fanIn: fanIns,
      inputs: [{ kind: 'student_t', df: 5 }, 'lognormal'],
      initializers: ['standard_uniform'],
      samples: 16_384,
      blocks: 64,
    });
    overRuns(plan, (sweep) => {
      ['t5', 'lognormal'].forEach((name, i) => {
        fanIns.forEach((fanIn, f) => {
          const rows = sweep.rows(i, f);
          for (const statistic of ['z_var', 'z_kurt']) {
            const { value, mcse, theory, zscore, note } = rows.entry(statistic, 0);
            const key = `${name} ${fanIn} ${statistic}`;
            counts.add(key, covers(value, mcse, theory as number));
            const state = `${note}${mcse === null ? ', no mcse' : ''}${zscore === null ? ', no zscore' : ''}`;
            seen.set(key, (seen.get(key) ?? new Set()).add(state));
          }
          const truth = zMoments(plan.shapes[0] as Shape, plan.inputs[i] as Input, fanIn);
          const { value, mcse } = jackknife(powersOf(sweep, 0, i, f), POWER_SUMS, excessOf);
          counts.add(`${name} ${fanIn} unguarded`, covers(value, mcse, truth.excess as number));
        });
      });
    });
  });

  const states = (key: string): string[] => [...(seen.get(key) ?? [])];

  it('the kurtosis of Student-t(5) has no error, for want of an eighth moment; unguarded it would not cover', () => {
    for (const fanIn of fanIns) expect(states(`t5 ${fanIn} z_kurt`)).toEqual(['infinite, no mcse, no zscore']);
    expect(counts.of('t5 4 unguarded')).toBeLessThan(BOUNDS.low);
  });

  it('the kurtosis of a lognormal has an error that is flagged, and no z-score; unguarded it would not cover', () => {
    for (const fanIn of [4, 64]) {
      expect(states(`lognormal ${fanIn} z_kurt`)).toEqual(['unreliable, no zscore']);
      expect(counts.of(`lognormal ${fanIn} unguarded`)).toBeLessThan(BOUNDS.low);
    }
  });

  it('the variance covers wherever it is not flagged', () => {
    for (const fanIn of fanIns) {
      expect(states(`t5 ${fanIn} z_var`)).toEqual(['null']);
      expectCoverage(counts.of(`t5 ${fanIn} z_var`));
    }
    expect(states('lognormal 4 z_var')).toEqual(['unreliable, no zscore']);
    expect(states('lognormal 64 z_var')).toEqual(['null']);
    expectCoverage(counts.of('lognormal 64 z_var'));
  });
});

describe('steep slopes of a z around 0', () => {
  /** K = 0.44β of tanh′ and 0.66β of its square: at 16,384 values 1e-3 is passed at β = 37 and 25. */
  const beta = [1, 24, 36, 10_000];
  const counts = new Counts();
  const notes = new Map<string, Set<string>>();

  beforeAll(async () => {
    const plan = await planOf({ ...ORTHOGONAL, fanIn: [4], beta });
    overRuns(plan, (sweep) => {
      const rows = sweep.rows(0, 0);
      beta.forEach((slope, row) => {
        for (const statistic of ['d_mean', 'd_sq_mean']) {
          const { value, mcse, theory, zscore, note } = rows.entry(statistic, row);
          const key = `${slope} ${statistic}`;
          counts.add(key, covers(value, mcse, theory as number));
          notes.set(key, (notes.get(key) ?? new Set()).add(`${note}${zscore === null ? ', no zscore' : ''}`));
        }
      });
    });
  });

  const noteOf = (key: string): string[] => [...(notes.get(key) ?? [])];

  it('have errors that cover wherever these are not flagged, up to the limit of K/N_e', () => {
    for (const key of ['1 d_mean', '1 d_sq_mean', '24 d_mean', '24 d_sq_mean', '36 d_mean']) {
      expect(noteOf(key)).toEqual(['null']);
      expectCoverage(counts.of(key));
    }
    expect(noteOf('36 d_sq_mean')).toEqual(['unreliable, no zscore']);
  });

  it('have no z-scores where a few values make up the mean; unguarded their errors would not cover', () => {
    for (const key of ['10000 d_mean', '10000 d_sq_mean']) {
      expect(noteOf(key)).toEqual(['unreliable, no zscore']);
      expect(counts.of(key)).toBeLessThan(BOUNDS.low);
    }
  });
});

describe('rare events', () => {
  const fanIns = [4, 64];
  /** tanh saturates at |u| > 1.8184; P(|z| > 1.8184/β) is 2e-4 to 8e-7. */
  const beta = [0.49, 0.43, 0.37];
  const counts = new Counts();
  const truths: number[] = [];

  beforeAll(async () => {
    const plan = await planOf({ ...ORTHOGONAL, fanIn: fanIns, beta });
    overRuns(plan, (sweep) => {
      fanIns.forEach((fanIn, f) => {
        const rows = sweep.rows(0, f);
        beta.forEach((slope, row) => {
          const { value, mcse, upper, theory, zscore, note } = rows.entry('saturated', row);
          const key = `${fanIn} ${slope}`;
          truths[row] = theory as number;
          counts.add(`${key} null`, mcse === null && zscore === null && note === 'rare');
          counts.add(`${key} covered`, (upper as number) >= (theory as number));
          counts.add(`${key} none`, value === 0);
        });
      });
    });
  });

  it('have no error and no z-score, and an upper limit above the truth in 95% of runs', () => {
    expect(truths[0]).toBeGreaterThan(1e-4);
    expect(truths[2]).toBeLessThan(1e-6);
    for (const fanIn of fanIns)
      for (const slope of beta) {
        expect(counts.of(`${fanIn} ${slope} null`)).toBe(RUNS);
        expect(counts.of(`${fanIn} ${slope} covered`)).toBeGreaterThanOrEqual(BOUNDS.low);
      }
    // At P = 2e-4 the limit is tight where replicates are single values, and misses now and then.
    expect(counts.of('4 0.49 covered')).toBeLessThan(RUNS);
    // Unguarded: nothing is seen in most runs, so the value is 0 ± 0.
    expect(counts.of('4 0.37 none')).toBeGreaterThan(0.9 * RUNS);
  });
});
