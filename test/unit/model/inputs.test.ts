import { describe, expect, it } from 'vitest';
import { INPUTS, inputProblem, resolveInput } from '../../../src/model/inputs.ts';
import { entryNames } from '../../../src/model/registry.ts';
import type { InputSpec } from '../../../src/model/spec.ts';
import { expectation } from './expectation.ts';

const spec = (kind: string, params: Record<string, number> = {}, standardize = true): InputSpec => ({
  kind,
  params,
  standardize,
  dataset: null,
});

const CASES = [
  ['normal', {}],
  ['normal', { mean: 2, std: 0.3 }],
  ['uniform', {}],
  ['uniform', { low: -1, high: 4 }],
  ['rademacher', {}],
  ['bernoulli', {}],
  ['bernoulli', { p: 0.03 }],
  ['sparse', {}],
  ['sparse', { p: 1 }],
  ['exponential', {}],
  ['exponential', { rate: 2.5 }],
  ['laplace', {}],
  ['laplace', { scale: 0.4 }],
  ['squared_normal', {}],
  ['lognormal', {}],
  ['lognormal', { sigma: 0.05, mu: 1 }],
  ['lognormal', { sigma: 1.3, mu: -1 }],
  ['student_t', { df: 24 }],
  ['student_t', { df: 17.5 }],
  ['constant', { value: -1.5 }],
  ['equicorrelated', {}],
  ['ar1', { phi: -0.3 }],
] as const;

const BOTH = CASES.flatMap(([kind, params]) => [true, false].map((standardize) => ({ kind, params, standardize })));

describe.each(BOTH)('input $kind($params), standardize $standardize', ({ kind, params, standardize }) => {
  const input = resolveInput(spec(kind, params, standardize));

  it('has the moments of what its sampler draws', () => {
    expect(input.moments).toHaveLength(9);
    for (let k = 0; k <= 8; k++) {
      const truth = expectation(input.sampler, (x) => x ** k);
      const size = expectation(input.sampler, (x) => Math.abs(x) ** k);
      expect(Math.abs((input.moments[k] as number) - truth) / size, `E x^${k}`).toBeLessThan(2e-10);
    }
  });

  it('has the central moments of what its sampler draws', () => {
    const mean = expectation(input.sampler, (x) => x);
    for (let k = 0; k <= 8; k++) {
      const truth = expectation(input.sampler, (x) => (x - mean) ** k);
      const size = expectation(input.sampler, (x) => Math.abs(x - mean) ** k);
      expect(Math.abs((input.central[k] as number) - truth), `E (x − Ex)^${k}`).toBeLessThanOrEqual(2e-10 * size);
    }
  });
});

describe('standardised inputs', () => {
  const standardized = BOTH.filter(({ kind, standardize }) => standardize && kind !== 'constant');
  it.each(standardized)('$kind($params) has mean 0 and variance 1 exactly', ({ kind, params }) => {
    expect(resolveInput(spec(kind, params)).moments.slice(0, 3)).toEqual([1, 0, 1]);
  });
});

describe('characteristic functions', () => {
  const known = BOTH.map(({ kind, params, standardize }) => ({
    ...{ kind, params, standardize },
    input: resolveInput(spec(kind, params, standardize)),
  })).filter(({ input }) => input.characteristic !== null);

  it('exist for every family with an elementary one', () => {
    expect([...new Set(known.map(({ kind }) => kind))]).toEqual([
      'normal',
      'uniform',
      'rademacher',
      'bernoulli',
      'sparse',
      'exponential',
      'laplace',
      'squared_normal',
      'constant',
    ]);
  });

  it.each(known)('$kind($params), standardize $standardize: of what its sampler draws', ({ input }) => {
    for (const omega of [0, 0.1, -0.7, 1.9, 5]) {
      const truth = expectation(input.sampler, (x) => Math.cos(omega * x));
      expect(input.characteristic?.(omega)).toBeCloseTo(truth, 10);
    }
  });
});

describe('inputs', () => {
  it('would notice the moments of another input (negative control)', () => {
    const { moments } = resolveInput(spec('laplace'));
    const truth = expectation(resolveInput(spec('exponential')).sampler, (x) => x ** 4);
    expect(Math.abs((moments[4] as number) - truth)).toBeGreaterThan(1);
  });

  it('keeps the moments of a narrow lognormal, where raw moments would cancel', () => {
    // σ → 0: a normal with excess kurtosis 16σ² + O(σ⁴) and skewness 3σ.
    const { moments } = resolveInput(spec('lognormal', { sigma: 1e-4 }));
    expect(moments[3]).toBeCloseTo(3e-4, 10);
    expect(((moments[4] as number) - 3) / 1e-8).toBeCloseTo(16, 5);
    expect(moments[8]).toBeCloseTo(105, 3);
  });

  it('says where the moments of Student’s t diverge', () => {
    const t5 = resolveInput(spec('student_t')).moments;
    expect(t5.slice(0, 5).map((m) => Number(m.toFixed(12)))).toEqual([1, 0, 1, 0, 9]);
    expect(t5.slice(5)).toEqual([Infinity, Infinity, Infinity, Infinity]);
    expect(resolveInput(spec('student_t', { df: 1 }, false)).moments).toEqual([1, ...Array(8).fill(Infinity)]);
    const t45 = resolveInput(spec('student_t', { df: 4.5 }, false)).moments;
    expect(t45[4]).toBeCloseTo((3 * 4.5 * 4.5) / (2.5 * 0.5), 10);
    expect(t45[5]).toBe(Infinity);
  });

  it('knows the characteristic function of Student’s t with odd degrees of freedom', () => {
    for (const df of [3, 5, 9]) {
      const input = resolveInput(spec('student_t', { df }));
      for (const omega of [0, 0.3, 2])
        expect(input.characteristic?.(omega)).toBeCloseTo(
          expectation(input.sampler, (x) => Math.cos(omega * x) * (Math.abs(x) < 1e4 ? 1 : 0)),
          6,
        );
    }
    expect(resolveInput(spec('student_t', { df: 1 }, false)).characteristic?.(2)).toBeCloseTo(Math.exp(-2), 14);
    expect(resolveInput(spec('student_t', { df: 4 })).characteristic).toBeNull();
    expect(resolveInput(spec('student_t', { df: 5 })).characteristic?.(1e6)).toBe(0);
    expect(resolveInput(spec('student_t', { df: 161 })).characteristic?.(1)).toBeCloseTo(Math.exp(-0.5), 2);
  });

  it('describes dependence', () => {
    expect(resolveInput(spec('normal')).dependence).toEqual({ kind: 'iid' });
    expect(resolveInput(spec('equicorrelated', { rho: 0.2 })).dependence).toEqual({ kind: 'equicorrelated', rho: 0.2 });
    expect(resolveInput(spec('ar1')).dependence).toEqual({ kind: 'ar1', phi: 0.5 });
    expect(resolveInput(spec('ar1')).characteristic).toBeNull();
  });

  it('labels by what differs from the default, and says raw', () => {
    expect(resolveInput(spec('gaussian')).label).toBe('normal');
    expect(resolveInput(spec('bernoulli', { p: 0.1 }, false)).label).toBe('bernoulli(p=0.1, raw)');
    expect(resolveInput(spec('constant', {}, false)).label).toBe('constant');
    expect(resolveInput(spec('constant', {}, true)).label).toBe('constant');
    const labels = BOTH.filter(({ kind }) => kind !== 'constant').map(
      ({ kind, params, standardize }) => resolveInput(spec(kind, params, standardize)).label,
    );
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('has no name twice', () => {
    const names = entryNames(INPUTS);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refuses what cannot be standardised', () => {
    expect(inputProblem(spec('student_t', { df: 2 }))?.received).toBe('df 2, of infinite variance');
    expect(inputProblem(spec('student_t', { df: 2.1 }))).toBeNull();
    expect(inputProblem(spec('student_t', { df: 1 }, false))).toBeNull();
    expect(inputProblem(spec('constant'))).toBeNull();
    expect(inputProblem(spec('uniform', { low: 3, high: 3 }))?.received).toBe('low 3 and high 3');
    expect(inputProblem(spec('uniform'))).toBeNull();
    expect(() => resolveInput(spec('student_t', { df: 1.5 }))).toThrow(
      'input student_t: received df 1.5, of infinite variance; allowed: df > 2 where x is standardised; raise df',
    );
    expect(() => resolveInput(spec('cauchy'))).toThrow('unknown input "cauchy"');
  });
});
