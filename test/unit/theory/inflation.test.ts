import { describe, expect, it } from 'vitest';
import { dependence, inflation, layerSide } from '../../../src/theory/inflation.ts';
import { input, raw, rowsInput, shape } from './models.ts';

const uniform = shape('uniform');

describe('dependence', () => {
  it.each([16, 512])('has its closed form for independent factors at n = %i', (n) => {
    const cases = [
      [uniform, 1.8, input('normal'), 3, 0],
      [shape('normal'), 3, input('uniform'), 1.8, 0],
      [uniform, 1.8, raw('bernoulli', { p: 0.3 }), 1 / 0.3, 0.3],
      [uniform, 1.8, raw('exponential'), 6, 0.5],
    ] as const;
    for (const [weights, kw, inputs, kx, r] of cases) {
      const shared = dependence(weights, inputs, n);
      const a = ((kw - 1) / n + 2 * r * r * (1 - 1 / n) + (kx - 1) / n) / (2 + (kw * kx - 3) / n);
      expect(shared?.a).toBeCloseTo(a, 12);
      expect(shared?.r).toBeCloseTo(r, 12);
    }
  });

  it('adds 2ρ²(1 − 1/n) to both shares when equicorrelated', () => {
    const n = 40;
    const extra = 2 * 0.09 * (1 - 1 / n);
    const excess = (3 * 1.8 + 3 * (n - 1) * 1.18) / n - 3;
    expect(dependence(uniform, input('equicorrelated', { rho: 0.3 }), n)?.a).toBeCloseTo(
      (0.8 / n + 2 / n + 2 * extra) / (2 + excess),
      12,
    );
  });

  it('for an orthogonal row follows the angle: at n = 2, (Σw)² = 2(1 + sin 2θ) has variance 2, so C_w = r²/2', () => {
    const p = 0.4;
    const shared = dependence(shape('orthogonal'), raw('bernoulli', { p }), 2);
    // E z⁴/(E z²)² = 3(κ_x + n − 1)/(n + 2)
    const k2 = (3 * (1 / p + 1)) / 4;
    expect((shared?.a as number) * (k2 - 1)).toBeCloseTo((p * p) / 2 + (1 / p - 1) / 2, 12);
  });

  it('is one for constant weights, and for random weights on constant inputs', () => {
    expect(dependence(shape('constant'), input('normal'), 64)).toEqual({ a: 1, r: 1 });
    expect(dependence(uniform, input('constant', { value: 1 }), 64)?.a).toBeCloseTo(1, 12);
    expect(dependence(uniform, input('equicorrelated', { rho: 1 - 1e-9 }), 1)?.a).toBeCloseTo(2.8 / 4.4, 6);
  });

  it('vanishes when nothing varies but the signs of products', () => {
    expect(dependence(shape('sign'), input('rademacher'), 64)).toEqual({ a: 0, r: 0 });
    expect(dependence(shape('zero'), input('normal'), 64)).toEqual({ a: 0, r: 0 });
  });

  it('is unknown for infinite fourth moments and whole rows', () => {
    expect(dependence(uniform, input('student_t', { df: 4 }), 64)).toBeNull();
    expect(dependence(uniform, raw('student_t', { df: 1 }), 64)).toBeNull();
    expect(dependence(uniform, rowsInput([[1, 2]]), 2)).toBeNull();
  });
});

describe('inflation', () => {
  it.each([
    ['uniform × normal', input('normal'), 1.2, 0.03],
    ['raw Bernoulli(.5)', raw('bernoulli', { p: 0.5 }), 16.6, 0.02],
    ['equicorrelated(.5)', input('equicorrelated', { rho: 0.5 }), 20.7, 0.1],
  ] as const)('reproduces what was measured at n = 512, t = 64 for %s', (_, inputs, measured, tolerance) => {
    expect(Math.abs((inflation(uniform, inputs, 512, 64, 'variance') as number) / measured - 1)).toBeLessThan(
      tolerance,
    );
  });

  it('orders heavy tails as measured: 1.2 < sparse < lognormal < raw Bernoulli', () => {
    const values = [input('normal'), input('sparse'), input('lognormal'), raw('bernoulli', { p: 0.5 })].map((inputs) =>
      inflation(uniform, inputs, 512, 64, 'variance'),
    );
    expect(values).toEqual([...values].sort((a, b) => (a as number) - (b as number)));
    expect(values[1]).toBeGreaterThan(2);
    expect(values[2]).toBeGreaterThan(4);
  });

  it('never falls with n when equicorrelated, and does when independent', () => {
    const at = (kind: string, n: number) => inflation(uniform, input(kind), n, 64, 'variance');
    expect(at('equicorrelated', 2 ** 16)).toBeGreaterThan(18);
    expect(at('normal', 2 ** 16)).toBeLessThan(1.01);
  });

  it('for the mean is 1 + (t − 1)r', () => {
    expect(inflation(uniform, raw('bernoulli', { p: 0.5 }), 64, 8, 'mean')).toBeCloseTo(4.5, 12);
    expect(inflation(uniform, input('normal'), 64, 8, 'mean')).toBe(1);
  });

  it('is 1 for independent values and null when unknown', () => {
    expect(inflation(uniform, input('student_t', { df: 3 }), 64, 1, 'variance')).toBe(1);
    expect(inflation(uniform, input('student_t', { df: 3 }), 64, 2, 'variance')).toBeNull();
  });
});

describe('layerSide', () => {
  it.each([
    [15, 1],
    [16, 8],
    [64, 16],
    [256, 32],
    [1024, 64],
    [4096, 64],
  ])('at n = %i is %i for uniform × normal', (n, side) => {
    expect(layerSide(uniform, input('normal'), n, 64)).toBe(side);
  });

  it('obeys the given maximum', () => {
    expect(layerSide(uniform, input('normal'), 4096, 24)).toBe(16);
    expect(layerSide(uniform, input('normal'), 4096, 1)).toBe(1);
    expect(layerSide(uniform, input('normal'), 4096, 1024)).toBe(64);
  });

  it('is small where sharing costs, and 1 where it is useless or unknown', () => {
    expect(layerSide(uniform, raw('bernoulli', { p: 0.5 }), 4096, 64)).toBe(4);
    expect(layerSide(uniform, input('equicorrelated', { rho: 0.5 }), 4096, 64)).toBe(4);
    expect(layerSide(shape('constant'), input('normal'), 4096, 64)).toBe(1);
    expect(layerSide(uniform, input('constant', { value: 1 }), 4096, 64)).toBe(1);
    expect(layerSide(uniform, input('student_t', { df: 4 }), 4096, 64)).toBe(1);
    expect(layerSide(shape('sign'), input('rademacher'), 16, 64)).toBe(64);
  });
});
