import { describe, expect, it } from 'vitest';
import { cos, exp, expm1, log, log1p, logistic, pow, sin, tanh } from '../../../src/numeric/elementary.ts';

const grid = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * (i + 0.37)) / count);

/** Largest |f − g|/|g| over the points. */
function worst(f: (x: number) => number, g: (x: number) => number, points: readonly number[]): number {
  return Math.max(...points.map((x) => Math.abs(f(x) - g(x)) / Math.abs(g(x))));
}

describe('elementary functions on dense grids, against the engine (itself within 1 ulp = 2.2e-16)', () => {
  it.each([
    ['exp', exp, Math.exp, grid(-700, 709, 20_000)],
    ['exp near 0', exp, Math.exp, grid(-1, 1, 20_000)],
    ['expm1', expm1, Math.expm1, grid(-3, 3, 20_000)],
    ['log', log, Math.log, grid(0.1, 9, 20_000)],
    ['log1p', log1p, Math.log1p, grid(-0.9, 1, 20_000)],
    ['tanh', tanh, Math.tanh, grid(-3, 3, 20_000)],
  ] as const)('%s', (_, f, g, points) => {
    expect(worst(f, g, points)).toBeLessThan(7e-16);
  });

  it('sin² + cos² = 1 and the quarter turns', () => {
    for (const x of grid(-50, 50, 2000)) expect(Math.abs(sin(x) * sin(x) + cos(x) * cos(x) - 1)).toBeLessThan(5e-16);
    expect(sin(Math.PI / 2)).toBe(1);
    expect(cos(Math.PI)).toBe(-1);
    expect(cos(0)).toBe(1);
    expect(Math.abs(cos(3e15))).toBeLessThanOrEqual(1);
  });

  it('is continuous where exp changes its power of two and log its exponent', () => {
    for (let k = -20; k <= 20; k++) {
      const edge = (k + 0.5) * Math.LN2;
      expect(exp(edge + 1e-12) / exp(edge - 1e-12) - 1).toBeCloseTo(2e-12, 14);
    }
    expect(log(Math.SQRT1_2 + 1e-9) - log(Math.SQRT1_2 - 1e-9)).toBeCloseTo(2e-9 * Math.SQRT2, 15);
  });
});

describe('elementary functions at the edges', () => {
  it('exp and expm1', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(-709)).toBe(0);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(709.5)).toBe(Infinity);
    expect(exp(Number.NaN)).toBeNaN();
    expect(expm1(-Infinity)).toBe(-1);
    expect(expm1(Infinity)).toBe(Infinity);
    expect(Math.abs(expm1(-0))).toBe(0);
  });

  it('log and log1p', () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    for (let k = -1074; k <= 1023; k++) expect(log(2 ** k)).toBeCloseTo(k * Math.LN2, 10);
    expect(log1p(-1)).toBe(-Infinity);
    expect(log1p(1e-17)).toBe(1e-17);
    expect(log1p(Infinity)).toBe(Infinity);
    expect(log1p(-2)).toBeNaN();
  });

  it('tanh and logistic', () => {
    expect(Object.is(tanh(-0), -0)).toBe(true);
    expect(tanh(1e6)).toBe(1);
    expect(tanh(-Infinity)).toBe(-1);
    expect(tanh(Number.NaN)).toBeNaN();
    for (const x of grid(0, 20, 500)) expect(tanh(-x)).toBe(-tanh(x));
    expect(logistic(0)).toBe(0.5);
    expect(logistic(-Infinity)).toBe(0);
    expect(logistic(1e9)).toBe(1);
  });

  it('pow is exact where products and square roots are', () => {
    expect(pow(3, 4)).toBe(81);
    expect(pow(2, -3)).toBe(0.125);
    expect(pow(4, 2.5)).toBe(32);
    expect(pow(7, 0)).toBe(1);
    expect(pow(0, 0)).toBe(1);
    expect(pow(0, 2.2)).toBe(0);
    expect(pow(0, -1)).toBe(Infinity);
    expect(pow(-2, 3)).toBe(-8);
    expect(pow(-1.0000001, 101)).toBeCloseTo(-1.0000101, 6);
    expect(pow(-2, 0.3)).toBeNaN();
    expect(pow(-2, 0.5)).toBeNaN();
  });
});
