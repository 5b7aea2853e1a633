import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../../src/numeric/special.ts';
import { edgeworthWeights, gaussianExpectation, gaussianRule } from '../../../src/theory/gaussian.ts';

const logistic = (u: number) => 1 / (1 + Math.exp(-u));
const slope = (u: number) => {
  const e = Math.exp(-Math.abs(u));
  return e / ((1 + e) * (1 + e));
};

/** Trapezoid on a wide grid: converges exponentially for analytic integrands. */
function trapezoid(f: (u: number) => number, points: number, reach = 9): number {
  const h = (2 * reach) / points;
  let sum = 0;
  for (let i = 0; i <= points; i++) {
    const u = -reach + i * h;
    sum += f(u) * Math.exp(-0.5 * u * u);
  }
  return (sum * h) / Math.sqrt(2 * Math.PI);
}

describe('gaussianRule', () => {
  it('has moments 1, 1, 3, 15, 105 and weights summing to 1', () => {
    for (const center of [0, 1.3, -4, 8.9, 30]) {
      for (const [k, moment] of [1, 1, 3, 15, 105].entries())
        expect(gaussianExpectation((u) => u ** (2 * k), 0, 1, gaussianRule(center)) / moment).toBeCloseTo(1, 12);
      expect(gaussianExpectation((u) => u ** 3 + u, 0, 1, gaussianRule(center))).toBeCloseTo(0, 12);
    }
  });

  it.each([
    [1 / 3, 0.232003022],
    [1, 0.206620964],
    [2, 0.181580923],
    [5, 0.141243703],
  ])("E s'(τu) at τ² = %f is %f", (square, expected) => {
    expect(gaussianExpectation(slope, 0, Math.sqrt(square))).toBeCloseTo(expected, 9);
  });

  it("E s'(τu) at β = 1, 2, 5, 10 of U(−1/√n, 1/√n): .232, .197, .118, .066", () => {
    const values = [1, 2, 5, 10].map((beta) => gaussianExpectation(slope, 0, beta / Math.sqrt(3)));
    expect(values.map((value) => value.toFixed(3))).toEqual(['0.232', '0.197', '0.118', '0.066']);
    // Negative control: the textbook approximation is off by more than 1%.
    expect(Math.abs(0.25 / Math.sqrt(1 + Math.PI / 24) / (values[0] as number) - 1)).toBeGreaterThan(0.01);
  });

  it.each([0.01, 0.3, 1, 2, 3.7, 10, 31, 100])('agrees with a fine trapezoid at τ = %f', (tau) => {
    const points = 400 * Math.ceil(tau + 1);
    for (const f of [
      slope,
      (u: number) => slope(u) ** 2,
      (u: number) => logistic(u) ** 2,
      (u: number) => Math.tanh(u) ** 2,
    ])
      expect(Math.abs(gaussianExpectation(f, 0, tau) - trapezoid((u) => f(tau * u), points))).toBeLessThan(2e-13);
  });

  it('tends to 1/(τ√2π) up to τ = 1e14', () => {
    for (const tau of [1e4, 1e5, 1e6, 1e9, 1e14]) {
      const relative = gaussianExpectation(slope, 0, tau, gaussianRule(0, tau)) * tau * Math.sqrt(2 * Math.PI);
      // Next term of the expansion: −(π²/3)/(2τ²).
      expect(Math.abs(relative - (1 - Math.PI ** 2 / (6 * tau * tau)))).toBeLessThan(1e-11);
    }
  });

  it('resolves erf-like steps: E Φ(τu)² = ½ − acos(τ²/(1 + τ²))/2π, Sheppard 1899', () => {
    for (const tau of [0.5, 1, 2, 5, 20, 1000]) {
      const expected = 0.5 - Math.acos((tau * tau) / (1 + tau * tau)) / (2 * Math.PI);
      expect(Math.abs(gaussianExpectation((z) => normalCdf(z) ** 2, 0, tau) - expected)).toBeLessThan(1e-12);
    }
  });

  it('takes a kink exactly when centred on it, and only then', () => {
    const mean = 0.7;
    const sd = 1.9;
    const relu = (z: number) => Math.max(0, z);
    const u = mean / sd;
    const expected = mean * normalCdf(u) + (sd * Math.exp(-0.5 * u * u)) / Math.sqrt(2 * Math.PI);
    expect(gaussianExpectation(relu, mean, sd, gaussianRule(-u))).toBeCloseTo(expected, 13);
    expect(Math.abs(gaussianExpectation(relu, mean, sd) - expected)).toBeGreaterThan(1e-6);
  });

  it('is cached at centre 0 and has a few hundred nodes', () => {
    expect(gaussianRule()).toBe(gaussianRule(0));
    expect(gaussianRule().nodes.length).toBeLessThan(520);
  });
});

describe('edgeworthWeights', () => {
  const rule = gaussianRule();
  const correction = (f: (u: number) => number, skewness: number, excess: number) =>
    edgeworthWeights(rule, skewness, excess).reduce((sum, w, i) => sum + w * f(rule.nodes[i] as number), 0);

  it('leaves mean and variance alone and sets the third and fourth moments', () => {
    for (const f of [() => 1, (u: number) => u, (u: number) => u * u])
      expect(correction(f, 0.3, 0.5)).toBeCloseTo(0, 12);
    expect(correction((u) => u ** 3, 0.3, 0.5)).toBeCloseTo(0.3, 11);
    expect(correction((u) => u ** 4, 0.3, 0.5)).toBeCloseTo(0.5, 11);
  });

  it('is (excess/24)·E f⁗ for a symmetric z', () => {
    expect(correction(Math.cos, 0, 0.24)).toBeCloseTo((0.24 / 24) * Math.exp(-0.5), 12);
  });

  it('takes the error of E cos(z) from 1/n to 1/n² for a sum of uniforms, and from 1/√n for exponentials', () => {
    // Standardised sum of n U(−1, 1): E cos z = (sin(a)/a)ⁿ, a = √(3/n); excess −1.2/n.
    const errors = [8, 16].map((n) => {
      const a = Math.sqrt(3 / n);
      const truth = (Math.sin(a) / a) ** n;
      return [Math.exp(-0.5) - truth, Math.exp(-0.5) + correction(Math.cos, 0, -1.2 / n) - truth];
    }) as [[number, number], [number, number]];
    expect(errors[0][0] / errors[1][0]).toBeCloseTo(2, 0);
    expect(errors[0][1] / errors[1][1]).toBeGreaterThan(3.7);
    // Standardised Gamma(n): E sin z = Im (e^{−i√n}(1 − i/√n)^{−n}); skewness 2/√n, excess 6/n.
    const n = 64;
    const angle = n * Math.atan(1 / 8) - 8;
    const size = (1 + 1 / n) ** (-n / 2);
    const real = size * Math.cos(angle);
    const imaginary = size * Math.sin(angle);
    expect(correction(Math.sin, 0.25, 6 / n)).toBeCloseTo(imaginary, 2);
    expect(Math.abs(Math.exp(-0.5) + correction(Math.cos, 0.25, 6 / n) - real)).toBeLessThan(
      0.1 * Math.abs(Math.exp(-0.5) - real),
    );
  });
});
