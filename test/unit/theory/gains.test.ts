import { describe, expect, it } from 'vitest';
import { resolveInitializer } from '../../../src/model/initializers.ts';
import { normalCdf } from '../../../src/numeric/special.ts';
import { gaussianExpectation } from '../../../src/theory/gaussian.ts';
import { zMoments } from '../../../src/theory/moments.ts';
import { input } from './models.ts';

describe('Var z of the rules on standardised inputs', () => {
  const fanOut = 32;
  it.each([
    ['standard_uniform', {}, () => 1 / 3],
    ['lecun_uniform', {}, () => 1],
    ['lecun_normal', {}, () => 1],
    ['glorot_uniform', {}, (n: number) => (2 * n) / (n + fanOut)],
    ['glorot_normal', {}, (n: number) => (2 * n) / (n + fanOut)],
    ['he_uniform', {}, () => 2],
    ['he_normal', { negativeSlope: 0.5 }, () => 2 / 1.25],
    ['orthogonal', { gain: 2 }, () => 4],
    ['truncated_normal', { std: 1 }, (n: number) => 0.7737413 * n],
    ['lecun_truncated_normal', {}, () => 1],
  ] as const)('%s %o', (kind, params, gain) => {
    const rule = resolveInitializer({ kind, params });
    for (const n of [2, 64, 4096])
      for (const inputs of [input('normal'), input('laplace'), input('equicorrelated'), input('ar1')]) {
        const scale = rule.scale(n, fanOut);
        expect((scale * scale * zMoments(rule.shape, inputs, n).variance) / gain(n)).toBeCloseTo(1, 6);
      }
  });
});

describe('the logistic unit under the rule U(±1/√n), z ~ N(0, 1/3)', () => {
  const sd = 1 / Math.sqrt(3);
  const logistic = (u: number) => 1 / (1 + Math.exp(-u));

  it('has Var h = ¼ − E d/β', () => {
    for (const beta of [0.5, 1, 4]) {
      const square = gaussianExpectation((z) => logistic(beta * z) ** 2, 0, sd);
      const slope = gaussianExpectation((z) => logistic(beta * z) * logistic(-beta * z), 0, sd);
      expect(square - 0.25).toBeCloseTo(0.25 - slope, 13);
      expect(gaussianExpectation((z) => logistic(beta * z), 0, sd)).toBeCloseTo(0.5, 13);
    }
  });

  it('is saturated in .0016, .21, .53 of cases at β = 2, 5, 10', () => {
    const share = (beta: number) => 2 * normalCdf(-3.636893 / (beta * sd));
    expect([2, 5, 10].map((beta) => share(beta).toPrecision(2))).toEqual(['0.0016', '0.21', '0.53']);
  });

  it('shrinks gradients by χ = .020008 at its fixed point, .0181 in the first layer', () => {
    const slopeSquared = (tau: number) => gaussianExpectation((u) => (logistic(u) * logistic(-u)) ** 2, 0, tau);
    let q = 1 / 3;
    expect(slopeSquared(Math.sqrt(q)) / 3).toBeCloseTo(0.0181, 4);
    for (let layer = 0; layer < 50; layer++) q = gaussianExpectation((u) => logistic(u) ** 2, 0, Math.sqrt(q)) / 3;
    expect(slopeSquared(Math.sqrt(q)) / 3).toBeCloseTo(0.020008, 6);
  });

  it('needs a gain of 4.801313 for unit output variance from z ~ N(0, 1)', () => {
    const variance = gaussianExpectation((u) => (logistic(u) - 0.5) ** 2, 0, 1);
    expect(1 / Math.sqrt(variance)).toBeCloseTo(4.801313, 6);
  });
});
