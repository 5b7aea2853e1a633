import { describe, expect, it } from 'vitest';
import { zMoments } from '../../../src/theory/moments.ts';
import { input, raw, rowsInput, shape } from './models.ts';

const excess = (weights: string, inputs: ReturnType<typeof input>, n: number) =>
  zMoments(shape(weights), inputs, n).excess as number;

describe('moments of the factors', () => {
  it.each([
    ['uniform', 1.8, 1 / 3],
    ['normal', 3, 1],
    ['sign', 1, 1],
    ['truncated_normal', 2.365537, 0.773741],
  ] as const)('κ of %s is %f, variance %f', (kind, kappa, variance) => {
    const { moments } = shape(kind);
    expect((moments[4] as number) / (moments[2] as number) ** 2).toBeCloseTo(kappa, 6);
    expect(moments[2]).toBeCloseTo(variance, 6);
    expect(shape(kind).variance).toBeCloseTo(variance, 6);
  });
});

describe('independent inputs', () => {
  it.each([1, 2, 7, 512, 2 ** 20])('has variance n·E w²·E x² and no mean or skewness at n = %i', (n) => {
    const z = zMoments(shape('uniform'), raw('bernoulli', { p: 0.1 }), n);
    expect(z.mean).toBe(0);
    expect(z.variance / ((n * 0.1) / 3)).toBeCloseTo(1, 13);
    expect(z.skewness).toBeCloseTo(0, 15);
    // The rule U(±1/√n): 1/3 whatever n and whatever the standardised input.
    for (const kind of ['normal', 'uniform', 'rademacher', 'bernoulli', 'laplace', 'lognormal'])
      expect(zMoments(shape('uniform'), input(kind), n).variance / n).toBeCloseTo(1 / 3, 12);
  });

  it.each([1, 3, 64, 4096])('has the excesses of closed form at n = %i', (n) => {
    expect(n * excess('uniform', input('normal'), n)).toBeCloseTo(2.4, 11);
    expect(n * excess('normal', input('normal'), n)).toBeCloseTo(6, 11);
    expect(n * excess('uniform', input('uniform'), n)).toBeCloseTo(0.24, 11);
    expect(n * excess('sign', input('uniform'), n)).toBeCloseTo(-1.2, 11);
    for (const p of [0.1, 0.5, 0.9])
      expect(n * excess('uniform', raw('bernoulli', { p }), n)).toBeCloseTo(1.8 / p - 3, 10);
    expect(n * excess('normal', input('laplace'), n)).toBeCloseTo(3 * 6 - 3, 9);
  });

  it('keeps the digits of a small excess', () => {
    expect(excess('uniform', input('normal'), 2 ** 20) / (2.4 / 2 ** 20)).toBeCloseTo(1, 12);
  });

  it('has K of products at n = 1 and of a normal at large n', () => {
    const one = zMoments(shape('uniform'), input('normal'), 1);
    expect(one.k2).toBeCloseTo(1.8 * 3, 12);
    // E w⁸/(E w⁴)² = 25/9, E x⁸/(E x⁴)² = 105/9
    expect(one.k4).toBeCloseTo((25 / 9) * (105 / 9), 10);
    const many = zMoments(shape('uniform'), input('normal'), 2 ** 20);
    expect(many.k2).toBeCloseTo(3, 5);
    expect(many.k4).toBeCloseTo(105 / 9, 3);
  });

  it('matches all sums of two-valued factors: K₄ by enumeration', () => {
    // sign × uniform inputs, n = 3: z is a sum of three U(−√3, √3). E z⁸ from cumulants known in closed form at n = 1.
    const one = zMoments(shape('sign'), input('uniform'), 1);
    expect(one.k4).toBeCloseTo(25 / 9, 12);
    // sign × rademacher, n = 4: z ∈ {−4, −2, 0, 2, 4} with 1, 4, 6, 4, 1 sixteenths.
    const four = zMoments(shape('sign'), input('rademacher'), 4);
    const moment = (k: number) => (2 * 4 ** k + 8 * 2 ** k) / 16;
    expect(four.variance).toBeCloseTo(moment(2), 12);
    expect(four.k2).toBeCloseTo(moment(4) / moment(2) ** 2, 12);
    expect(four.k4).toBeCloseTo(moment(8) / moment(4) ** 2, 12);
  });
});

describe('heavy tails', () => {
  it('diverges order by order for Student-t inputs', () => {
    const t5 = zMoments(shape('uniform'), input('student_t', { df: 5 }), 16);
    expect(t5.variance).toBeCloseTo(16 / 3, 10);
    expect(t5.excess).toBeCloseTo((1.8 * 9 - 3) / 16, 10);
    expect(t5.k4).toBe(Infinity);
    const t3 = zMoments(shape('uniform'), input('student_t', { df: 3 }), 16);
    expect(t3.variance).toBeCloseTo(16 / 3, 10);
    expect([t3.excess, t3.k2, t3.k4]).toEqual([Infinity, Infinity, Infinity]);
    for (const weights of ['uniform', 'constant', 'orthogonal']) {
      const t2 = zMoments(shape(weights), raw('student_t', { df: 2 }), 16);
      expect([t2.mean, t2.variance, t2.skewness, t2.excess, t2.k2]).toEqual([0, Infinity, null, null, Infinity]);
    }
    expect(zMoments(shape('orthogonal'), input('student_t', { df: 3 }), 16).excess).toBe(Infinity);
    expect(zMoments(shape('uniform'), input('student_t', { df: 9 }), 16).k4).toBeLessThan(1e4);
  });
});

describe('orthogonal rows', () => {
  it.each([2, 8, 512])('has excess 3(κ_x − 3)/(n + 2) at n = %i', (n) => {
    for (const [kind, kappa] of [
      ['uniform', 1.8],
      ['rademacher', 1],
      ['laplace', 6],
    ] as const)
      expect(excess('orthogonal', input(kind), n)).toBeCloseTo((3 * (kappa - 3)) / (n + 2), 11);
    expect(zMoments(shape('orthogonal'), input('uniform'), n).variance).toBeCloseTo(n, 9);
  });

  it('at n = 2 on a rademacher input is √2·√2·cos of a uniform angle: K₂ = 3/2, K₄ = 35/18', () => {
    const z = zMoments(shape('orthogonal'), input('rademacher'), 2);
    // E cos⁴ = 3/8, E cos² = 1/2, E cos⁸ = 35/128
    expect(z.k2).toBeCloseTo(3 / 8 / (1 / 4), 12);
    expect(z.k4).toBeCloseTo(35 / 128 / (9 / 64), 12);
  });
});

describe('constant weights', () => {
  it('sums the inputs: mean n·μ, variance n·σ², skewness and central excess by cumulants', () => {
    const z = zMoments(shape('constant'), raw('bernoulli', { p: 0.1 }), 50);
    expect(z.mean).toBeCloseTo(5, 12);
    expect(z.variance).toBeCloseTo(50 * 0.09, 12);
    expect(z.skewness).toBeCloseTo(0.8 / Math.sqrt(50 * 0.09), 11);
    expect(z.excess).toBeCloseTo((1 - 6 * 0.09) / (50 * 0.09), 11);
    const gamma = zMoments(shape('constant'), raw('exponential'), 25);
    expect([gamma.mean, gamma.variance]).toEqual([25, 25]);
    expect(gamma.skewness).toBeCloseTo(2 / 5, 12);
    expect(gamma.excess).toBeCloseTo(6 / 25, 12);
  });

  it('keeps its digits when the mean of the inputs dwarfs their spread', () => {
    const z = zMoments(shape('constant'), raw('uniform', { low: 1e6, high: 1e6 + 1 }), 3);
    expect(z.variance).toBeCloseTo(3 / 12, 12);
    expect(z.excess).toBeCloseTo(-1.2 / 3, 12);
    expect(zMoments(shape('constant'), raw('normal', { mean: 1e9, std: 2 }), 3)).toMatchObject({
      mean: 3e9,
      variance: 12,
    });
  });

  it('is Gaussian on normal, equicorrelated and AR(1) inputs, with the covariances in the variance', () => {
    const gaussian = { mean: 0, skewness: 0, excess: 0, k2: 3, k4: 105 / 9 };
    expect(zMoments(shape('constant'), input('normal'), 8)).toEqual({ ...gaussian, variance: 8 });
    expect(zMoments(shape('constant'), input('equicorrelated', { rho: 0.5 }), 8)).toEqual({
      ...gaussian,
      variance: 36,
    });
    // n = 3: 3 + 2(2φ + φ²)
    expect(zMoments(shape('constant'), input('ar1', { phi: -0.5 }), 3)).toEqual({ ...gaussian, variance: 1.5 });
  });

  it('never varies on constant inputs, nor does a zero weight', () => {
    const still = { variance: 0, skewness: null, excess: null, k2: null, k4: null };
    expect(zMoments(shape('constant'), input('constant', { value: 0.1 }), 8)).toEqual({ mean: 8 * 0.1, ...still });
    expect(zMoments(shape('zero'), input('normal'), 8)).toEqual({ mean: 0, ...still });
  });
});

describe('equicorrelated inputs', () => {
  it('leaves the variance and has excess (3κ_w + 3(n−1)(1+2ρ²))/n − 3 → 6ρ²', () => {
    expect(excess('uniform', input('equicorrelated', { rho: 0.5 }), 8)).toBeCloseTo(1.6125, 11);
    for (const rho of [0, 0.3, 0.9])
      for (const n of [1, 2, 100, 2 ** 20])
        for (const [weights, kappa] of [
          ['uniform', 1.8],
          ['normal', 3],
          ['sign', 1],
        ] as const) {
          const z = zMoments(shape(weights), input('equicorrelated', { rho }), n);
          expect(z.variance / (n * shape(weights).variance)).toBeCloseTo(1, 12);
          expect(z.excess).toBeCloseTo((3 * kappa + 3 * (n - 1) * (1 + 2 * rho * rho)) / n - 3, 10);
        }
    expect(excess('uniform', input('equicorrelated', { rho: 0.5 }), 2 ** 20)).toBeCloseTo(6 * 0.25, 5);
  });

  it('has the E z⁸ of a normal scale mixture under random signs', () => {
    // z given the signs is N(0, (1−ρ)n + ρ(Σs)²), Σs ∈ {±4, ±2, 0} with 1, 4, 6 sixteenths.
    const rho = 0.4;
    const scales: [number, number][] = [
      [2 / 16, 4 * (1 - rho) + 16 * rho],
      [8 / 16, 4 * (1 - rho) + 4 * rho],
      [6 / 16, 4 * (1 - rho)],
    ];
    const power = (k: number) => scales.reduce((sum, [p, v]) => sum + p * v ** k, 0);
    const z = zMoments(shape('sign'), input('equicorrelated', { rho }), 4);
    expect(z.k2).toBeCloseTo((3 * power(2)) / power(1) ** 2, 11);
    expect(z.k4).toBeCloseTo((105 * power(4)) / (3 * power(2)) ** 2, 10);
  });

  it('has E z⁸ = 105·E‖x‖⁸ under normal weights, and the sphere’s share of it for an orthogonal row', () => {
    // Cumulants of ‖x‖²: 2^{j−1}(j−1)!·Σλ^j, eigenvalues 1 + (n−1)ρ and n − 1 times 1 − ρ.
    const n = 5;
    const rho = 0.6;
    const [k1, k2, k3, k4] = [1, 2, 8, 48].map(
      (factor, j) => factor * ((1 + (n - 1) * rho) ** (j + 1) + (n - 1) * (1 - rho) ** (j + 1)),
    ) as [number, number, number, number];
    const norm4 = k2 + k1 ** 2;
    const norm8 = k4 + 4 * k3 * k1 + 3 * k2 ** 2 + 6 * k2 * k1 ** 2 + k1 ** 4;
    const dense = zMoments(shape('normal'), input('equicorrelated', { rho }), n);
    expect(dense.k2).toBeCloseTo((3 * norm4) / k1 ** 2, 10);
    expect(dense.k4).toBeCloseTo((105 * norm8) / (3 * norm4) ** 2, 9);
    const row = zMoments(shape('orthogonal'), input('equicorrelated', { rho }), n);
    expect(row.k2).toBeCloseTo((((3 * norm4) / k1 ** 2) * n) / (n + 2), 10);
    expect(row.k4).toBeCloseTo((((105 * norm8) / (3 * norm4) ** 2) * n * (n + 2)) / ((n + 4) * (n + 6)), 9);
  });
});

describe('AR(1) inputs', () => {
  const phi = 0.7;
  const n = 6;
  /** wᵀSw for every sign vector w. */
  const forms = Array.from({ length: 2 ** n }, (_, bits) => {
    let form = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) form += (((bits >> i) ^ (bits >> j)) & 1 ? -1 : 1) * phi ** Math.abs(i - j);
    return form;
  });
  const power = (k: number) => forms.reduce((sum, v) => sum + v ** k, 0) / forms.length;

  it('has the fourth moment of a sum over all sign vectors, and bounds the eighth', () => {
    const z = zMoments(shape('sign'), input('ar1', { phi }), n);
    expect(z.variance).toBeCloseTo(n, 12);
    expect(z.k2).toBeCloseTo((3 * power(2)) / power(1) ** 2, 11);
    const k4 = (105 * power(4)) / (3 * power(2)) ** 2;
    expect((z.k4 as number) / k4).toBeGreaterThan(1);
    expect((z.k4 as number) / k4).toBeLessThan(4);
  });

  it('under normal weights has E z⁸ ≤ 105·E‖x‖⁸, close to it when n is large', () => {
    const size = 200;
    const s = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => phi ** Math.abs(i - j)));
    const square = s.map((row) => s.map((column) => row.reduce((sum, x, k) => sum + x * (column[k] as number), 0)));
    const dot = (a: number[][], b: number[][]) =>
      a.reduce((sum, row, i) => sum + row.reduce((part, x, j) => part + x * (b[i]?.[j] as number), 0), 0);
    const [k1, k2, k3, k4] = [size, 2 * dot(s, s), 8 * dot(s, square), 48 * dot(square, square)] as const;
    const norm8 = k4 + 4 * k3 * k1 + 3 * k2 ** 2 + 6 * k2 * k1 ** 2 + k1 ** 4;
    const z = zMoments(shape('normal'), input('ar1', { phi }), size);
    expect(z.k2).toBeCloseTo((3 * (k2 + k1 ** 2)) / k1 ** 2, 10);
    const ratio = (z.k4 as number) / ((105 * norm8) / (3 * (k2 + k1 ** 2)) ** 2);
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.01);
  });

  it('is the independent case at φ = 0 and tends to a normal for |φ| < 1', () => {
    const still = zMoments(shape('normal'), input('ar1', { phi: 0 }), 12);
    const independent = zMoments(shape('normal'), input('normal'), 12);
    expect(still.excess).toBeCloseTo(independent.excess as number, 12);
    expect(still.k4).toBeCloseTo(independent.k4 as number, 10);
    expect(excess('uniform', input('ar1', { phi: 0.9 }), 2 ** 20)).toBeLessThan(1e-4);
  });
});

describe('whole rows of data', () => {
  // Two equally likely rows, (1, 2) and (−3, 0): every moment by hand.
  const rows = [
    [1, 2],
    [-3, 0],
  ];
  const data = rowsInput(rows);

  it('takes E z² and E z⁴ from the norms', () => {
    for (const [weights, w2, w4] of [
      ['uniform', 1 / 3, 1 / 5],
      ['normal', 1, 3],
      ['sign', 1, 1],
    ] as const) {
      const z = zMoments(shape(weights), data, 2);
      expect(z.variance).toBeCloseTo(w2 * ((5 + 9) / 2), 12);
      // E (w₁a + w₂b)⁴ = w4(a⁴ + b⁴) + 6 w2² a²b²
      const fourth = (w4 * (1 + 16) + 6 * w2 ** 2 * 4 + w4 * 81) / 2;
      expect(z.k2).toBeCloseTo(fourth / (z.variance * z.variance), 12);
    }
  });

  it('bounds K₄ from above: 105·E‖x‖⁸, attained by normal weights', () => {
    const norm8 = (5 ** 4 + 9 ** 4) / 2;
    const dense = zMoments(shape('normal'), data, 2);
    expect(dense.k4).toBeCloseTo((105 * norm8) / (3 * ((25 + 81) / 2)) ** 2, 11);
    const sign = zMoments(shape('sign'), data, 2);
    const eighth = (3 ** 8 / 2 + 1 / 2 + 3 ** 8) / 2;
    const fourth = (3 ** 4 / 2 + 1 / 2 + 3 ** 4) / 2;
    expect(sign.k4).toBeGreaterThanOrEqual(eighth / fourth ** 2);
  });

  it('under constant weights has the moments of the sums of the rows', () => {
    // Sums 3, −3, 6 and −2: mean 1; deviations 2, −4, 5 and −3.
    const z = zMoments(shape('constant'), rowsInput([...rows, [0, 6], [-4, 2]]), 2);
    const mean = (k: number) => (2 ** k + (-4) ** k + 5 ** k + (-3) ** k) / 4;
    expect(z.mean).toBe(1);
    expect(z.variance).toBeCloseTo(mean(2), 12);
    expect(z.skewness).toBeCloseTo(mean(3) / mean(2) ** 1.5, 12);
    expect(z.excess).toBeCloseTo(mean(4) / mean(2) ** 2 - 3, 12);
    expect(z.k2).toBeCloseTo(mean(4) / mean(2) ** 2, 12);
    expect(z.k4).toBeCloseTo(mean(8) / mean(4) ** 2, 12);
  });

  it('names a fan-in without facts', () => {
    expect(() => zMoments(shape('uniform'), data, 3)).toThrow(/fan-in 3/);
  });
});
