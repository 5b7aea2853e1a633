import { describe, expect, it } from 'vitest';
import type { Input } from '../../../src/model/inputs.ts';
import { dependence } from '../../../src/theory/inflation.ts';
import { zMoments } from '../../../src/theory/moments.ts';
import { input, raw, rowsInput, shape } from './models.ts';

/**
 * Formulas against plain simulation that shares no code with them. Tolerance 5 standard errors (false alarm 6e-7 a check);
 * the negative controls move the theory by as much as a likely mistake would and must fall outside.
 */
const TOLERANCE = 5;

type Uniform = () => number;
type Vector = (n: number) => number[];

/** Mulberry32 by Tommy Ettinger, 2017. */
function generator(seed: number): Uniform {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function vectors(seed: number) {
  const u = generator(seed);
  const g = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const of =
    (draw: () => number): Vector =>
    (n) =>
      Array.from({ length: n }, draw);
  return {
    uniform: of(() => 2 * u() - 1),
    normal: of(g),
    bernoulli: of(() => (u() < 0.5 ? 1 : 0)),
    laplace: of(() => (u() < 0.5 ? 1 : -1) * Math.log(1 - u()) * Math.SQRT1_2),
    equicorrelated: (n: number) => {
      const c = g();
      return of(() => Math.SQRT1_2 * (c + g()))(n);
    },
    autoregressive: (n: number) => {
      let x = g();
      return of(() => {
        const now = x;
        x = 0.7 * x + Math.sqrt(1 - 0.49) * g();
        return now;
      })(n);
    },
    sphere: (n: number) => {
      const w = of(g)(n);
      const norm = Math.sqrt(dot(w, w) / n);
      return w.map((x) => x / norm);
    },
    pick: (rows: readonly number[][]) => (): number[] => rows[Math.floor(u() * rows.length)] as number[],
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** (mean of values − truth)/(its standard error) */
function score(values: readonly number[], truth: number): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return (mean - truth) / Math.sqrt(variance / values.length);
}

const ROWS = [
  [1, 2, -1, 0.5],
  [-3, 0, 1, 1],
  [0.2, 0.1, 0, 2],
];

describe('moments of simulated pre-activations', () => {
  const draw = vectors(20240607);
  const cases: readonly (readonly [string, string, Input, number, Vector, Vector])[] = [
    ['uniform × AR(1)', 'uniform', input('ar1', { phi: 0.7 }), 6, draw.uniform, draw.autoregressive],
    ['orthogonal × AR(1)', 'orthogonal', input('ar1', { phi: 0.7 }), 6, draw.sphere, draw.autoregressive],
    ['uniform × equicorrelated', 'uniform', input('equicorrelated'), 4, draw.uniform, draw.equicorrelated],
    ['orthogonal × equicorrelated', 'orthogonal', input('equicorrelated'), 4, draw.sphere, draw.equicorrelated],
    ['uniform × raw Bernoulli', 'uniform', raw('bernoulli'), 5, draw.uniform, draw.bernoulli],
    ['orthogonal × raw Bernoulli', 'orthogonal', raw('bernoulli'), 5, draw.sphere, draw.bernoulli],
    ['orthogonal × laplace', 'orthogonal', input('laplace'), 5, draw.sphere, draw.laplace],
    ['uniform × rows', 'uniform', rowsInput(ROWS), 4, draw.uniform, draw.pick(ROWS)],
    ['orthogonal × rows', 'orthogonal', rowsInput(ROWS), 4, draw.sphere, draw.pick(ROWS)],
  ];

  it.each(cases)('%s', (_, kind, inputs, n, weights, components) => {
    const z = Array.from({ length: 100_000 }, () => dot(weights(n), components(n)));
    const { variance, k2, k4 } = zMoments(shape(kind), inputs, n);
    const fourth = (k2 as number) * variance ** 2;
    const squares = z.map((x) => x ** 2);
    const fourths = z.map((x) => x ** 4);
    expect(Math.abs(score(squares, variance))).toBeLessThan(TOLERANCE);
    expect(Math.abs(score(fourths, fourth))).toBeLessThan(TOLERANCE);
    expect(Math.abs(score(squares, variance * 1.05))).toBeGreaterThan(TOLERANCE);
    expect(Math.abs(score(fourths, fourth * 1.3))).toBeGreaterThan(TOLERANCE);
    if (inputs.dependence.kind === 'iid') {
      const eighth = (k4 as number) * fourth ** 2;
      const eighths = z.map((x) => x ** 8);
      expect(Math.abs(score(eighths, eighth))).toBeLessThan(TOLERANCE);
      if (kind === 'uniform') expect(Math.abs(score(eighths, eighth * 1.4))).toBeGreaterThan(TOLERANCE);
    }
  });
});

describe('inflation in simulated layers', () => {
  const draw = vectors(1960);
  const n = 16;
  const side = 8;
  const cases: readonly (readonly [string, string, Input, Vector, Vector])[] = [
    ['uniform × normal', 'uniform', input('normal'), draw.uniform, draw.normal],
    ['uniform × raw Bernoulli', 'uniform', raw('bernoulli'), draw.uniform, draw.bernoulli],
    ['uniform × equicorrelated', 'uniform', input('equicorrelated'), draw.uniform, draw.equicorrelated],
    ['normal × AR(1)', 'normal', input('ar1', { phi: 0.7 }), draw.normal, draw.autoregressive],
    ['orthogonal × raw Bernoulli', 'orthogonal', raw('bernoulli'), draw.sphere, draw.bernoulli],
    ['orthogonal × equicorrelated', 'orthogonal', input('equicorrelated'), draw.sphere, draw.equicorrelated],
  ];

  it.each(cases)('%s', (_, kind, inputs, weights, components) => {
    const meanSquares: number[] = [];
    const means: number[] = [];
    for (let layer = 0; layer < 6000; layer++) {
      const w = Array.from({ length: side }, () => weights(n));
      const x = Array.from({ length: side }, () => components(n));
      let first = 0;
      let second = 0;
      for (const unit of w)
        for (const example of x) {
          const z = dot(unit, example);
          first += z;
          second += z * z;
        }
      means.push(first / side ** 2);
      meanSquares.push(second / side ** 2);
    }
    const { variance, excess } = zMoments(shape(kind), inputs, n);
    const shared = dependence(shape(kind), inputs, n) as { a: number; r: number };
    const spread = ((2 + (excess as number)) * variance ** 2) / side ** 2;
    // Squared deviations from the known mean average to the variance of a layer's statistic.
    const deviations = meanSquares.map((value) => (value - variance) ** 2);
    expect(Math.abs(score(deviations, spread * (1 + (side - 1) * shared.a)))).toBeLessThan(TOLERANCE);
    expect(Math.abs(score(deviations, spread))).toBeGreaterThan(TOLERANCE);
    const squares = means.map((value) => value ** 2);
    expect(Math.abs(score(squares, (variance / side ** 2) * (1 + (side - 1) * shared.r)))).toBeLessThan(TOLERANCE);
    if (shared.r > 0) expect(Math.abs(score(squares, variance / side ** 2))).toBeGreaterThan(TOLERANCE);
  });
});
