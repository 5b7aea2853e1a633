import { describe, expect, it } from 'vitest';
import { resolveActivation } from '../../../src/model/activations.ts';
import { CELL_STATISTICS, type CellStatistic } from '../../../src/run/cell-tests.ts';
import { type CellFunction, limitErrors } from '../../../src/run/edgeworth.ts';
import { zMoments } from '../../../src/theory/moments.ts';
import { raw, shape } from '../theory/models.ts';

/** The law of one coordinate, times √n, on a sphere of n dimensions: variance 1, excess −6/(n + 2). Its density by definition. */
function sphereExpectation(n: number, f: (z: number) => number): number {
  let [sum, total] = [0, 0];
  const steps = 40_000;
  for (let i = 0; i < steps; i++) {
    const z = Math.sqrt(n) * (-1 + (2 * (i + 0.5)) / steps);
    const weight = (1 - (z * z) / n) ** ((n - 3) / 2);
    sum += weight * f(z);
    total += weight;
  }
  return sum / total;
}

function normalExpectation(f: (z: number) => number): number {
  let sum = 0;
  const step = 1 / 4096;
  for (let z = -9 + step / 2; z < 9; z += step) sum += Math.exp((-z * z) / 2) * f(z) * step;
  return sum / Math.sqrt(2 * Math.PI);
}

function statistics(cell: CellFunction, expect: (f: (z: number) => number) => number): Record<CellStatistic, number> {
  const { activation, factor, beta, saturation } = cell;
  const g = (z: number) => activation.value(factor * z);
  const d = (z: number) => beta * activation.derivative(factor * z);
  const mean = expect(g);
  return {
    a_mean: mean,
    a_var: expect((z) => (g(z) - mean) ** 2),
    d_mean: expect(d),
    d_sq_mean: expect((z) => d(z) ** 2),
    saturated: expect((z) => (Math.abs(d(z)) < saturation * beta * activation.maxDerivative ? 1 : 0)),
  };
}

describe('limitErrors', () => {
  const n = 200;
  const k4 = ((105 / 9) * n * (n + 2)) / ((n + 4) * (n + 6));
  const z = { mean: 0, variance: 1, skewness: 0, excess: -6 / (n + 2), k2: 3, k4 };

  it('bound the error of the Gaussian limit, and closely', () => {
    for (const kind of ['logistic', 'gelu', 'relu'])
      for (const factor of [0.5, 2, 6]) {
        const activation = resolveActivation({ kind, params: {} });
        const cell = { activation, factor, beta: factor, saturation: 0.1 };
        const errors = limitErrors(z, cell);
        const truth = statistics(cell, (f) => sphereExpectation(n, f));
        const limit = statistics(cell, normalExpectation);
        for (const statistic of CELL_STATISTICS) {
          const off = Math.abs(truth[statistic] - limit[statistic]);
          const bound = errors?.[statistic] as number;
          // Quadrature of the steps in this test: 1e-4.
          expect(off, `${kind} ${factor} ${statistic}`).toBeLessThan(bound + 1e-4 * factor * factor);
          expect(bound, `${kind} ${factor} ${statistic}`).toBeLessThan(4 * off + 0.002 * factor * factor);
        }
      }
  });

  it('see the first-order term: without it the bound would be too small', () => {
    const cell = {
      activation: resolveActivation({ kind: 'logistic', params: {} }),
      factor: 2,
      beta: 2,
      saturation: 0.1,
    };
    const off = Math.abs(
      statistics(cell, (f) => sphereExpectation(n, f)).a_var - statistics(cell, normalExpectation).a_var,
    );
    expect(off).toBeGreaterThan(0.5 * z.excess * z.excess * Math.sqrt(limitVariance(cell)));
    expect(limitErrors(z, cell)?.a_var).toBeGreaterThan(off);
  });

  it('are unknown without the moments', () => {
    const cell = { activation: resolveActivation({ kind: 'tanh', params: {} }), factor: 1, beta: 1, saturation: 0.1 };
    expect(limitErrors({ ...z, excess: null }, cell)).toBeNull();
    expect(limitErrors({ ...z, excess: Infinity }, cell)).toBeNull();
    expect(limitErrors({ ...z, k4: Infinity }, cell)).toBeNull();
  });

  it('see the sixth cumulant where the excess vanishes by chance', () => {
    const activation = resolveActivation({ kind: 'tanh', params: {} });
    const cell = { activation, factor: 5, beta: 5, saturation: 0.1 };
    // κ_w·κ_x = 1.8/0.6 = 3: z is uniform with probability 0.6, else 0. A tenth of the error of 65,536 values is 4e-4 standard deviations.
    const one = zMoments(shape('uniform'), raw('bernoulli', { p: 0.6 }), 1);
    expect(one.excess).toBeCloseTo(0, 12);
    expect(limitErrors(one, cell)?.d_sq_mean).toBeGreaterThan(0.1);
    // κ₆ = 27/7/0.36 − 45 + 30 at n = 1, over n² at n; sd(g′²) is at most half of its range, 25.
    const many = zMoments(shape('uniform'), raw('bernoulli', { p: 0.6 }), 1000);
    expect(limitErrors(many, cell)?.d_sq_mean).toBeLessThan((4.5e-6 / Math.sqrt(720)) * 12.5);
    // Of a normal z all cumulants are 0.
    expect(limitErrors({ ...one, k4: 105 / 9 }, cell)?.d_sq_mean).toBeLessThan(1e-10);
  });
});

/** Variance of (g − ḡ)² under the limit. */
function limitVariance({ activation, factor }: CellFunction): number {
  const mean = normalExpectation((z) => activation.value(factor * z));
  const square = (z: number) => (activation.value(factor * z) - mean) ** 2;
  const average = normalExpectation(square);
  return normalExpectation((z) => (square(z) - average) ** 2);
}
