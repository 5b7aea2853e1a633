import { describe, expect, it } from 'vitest';
import { ACTIVATION_CODES, resolveActivation } from '../../../src/model/activations.ts';
import { criticalGain } from '../../../src/theory/critical-gain.ts';
import { fixedPoint } from '../../../src/theory/fixed-point.ts';
import {
  activationElasticity,
  activationKurtosis,
  chi,
  correlationMap,
  type MeanField,
  productActivation,
  qMap,
  squareActivation,
} from '../../../src/theory/mean-field.ts';
import { networkTheory } from '../../../src/theory/network-theory.ts';

const named = (kind: string) => resolveActivation({ kind, params: {} });

function field(kind: string, gain: number, biasStd = 0, beta = 1): MeanField {
  return {
    activation: named(kind),
    beta,
    weightVariance: (gain / beta) ** 2,
    biasVariance: biasStd ** 2,
  };
}

describe('mean-field theory of the logistic', () => {
  it.each([
    [0.57735, 0.020008],
    [1, 0.055721],
    [Math.SQRT2, 0.100977],
    [4, 0.398879],
  ])('χ at gain %f is %f', (gain, expected) => {
    const exact = gain === 0.57735 ? Math.sqrt(1 / 3) : gain;
    expect(fixedPoint(field('logistic', exact), 1)?.chi).toBeCloseTo(expected, 6);
  });

  it('depends on β·σ_w only', () => {
    const [one, other] = [1, 5].map((beta) => fixedPoint(field('logistic', 4, 0, beta), 1));
    expect(other?.chi).toBeCloseTo(one?.chi ?? 0, 12);
    expect((other?.q ?? 0) * 25).toBeCloseTo(one?.q ?? 0, 12);
  });

  it('is critical at 10.149264, and neither above nor below', () => {
    const critical = criticalGain(named('logistic'));
    expect(critical?.gain).toBeCloseTo(10.149264, 6);
    expect(fixedPoint(field('logistic', critical?.gain ?? 0), 1)?.chi).toBeCloseTo(1, 10);
    expect(fixedPoint(field('logistic', 10), 1)?.chi).toBeLessThan(1);
    expect(fixedPoint(field('logistic', 10.3), 1)?.chi).toBeGreaterThan(1);
  });

  it('before the fixed point: χ(1/3) = .0181', () => {
    expect(chi(field('logistic', Math.sqrt(1 / 3)), 1 / 3)).toBeCloseTo(0.0181, 4);
  });
});

describe('closed forms', () => {
  it('ReLU under He: χ = 1, q stays, c by the arc-cosine kernel (Cho & Saul 2009)', () => {
    const he = field('relu', Math.SQRT2);
    expect(fixedPoint(he, 1.7)).toMatchObject({
      q: expect.closeTo(1.7, 12),
      chi: expect.closeTo(1, 12),
      correlation: 1,
    });
    for (const c of [-1, -0.7, -0.2, 0, 0.3, 0.9, 0.999, 1]) {
      const kernel = (Math.sqrt(1 - c * c) + c * (Math.PI - Math.acos(c))) / Math.PI;
      expect(correlationMap(he, 1.7, c)).toBeCloseTo(kernel, 10);
    }
  });

  it('logistic, hardly curved: the variance of an activation is β²q/16', () => {
    const [layer] = networkTheory(field('logistic', 1, 0, 1e-8), { square: 1e-16, correlation: 0 }, 1);
    expect(layer?.q).toBeCloseTo(1, 12);
    expect((layer?.activationVariance ?? 0) / (1e-16 / 16)).toBeCloseTo(1, 6);
  });

  it('erf: E erf(z)·erf(z′) = 2/π·asin(2qc/(1 + 2q)) (Williams 1997)', () => {
    for (const q of [0.01, 1, 30])
      for (const c of [-0.9, -0.3, 0, 0.5, 0.99, 1]) {
        const expected = (2 / Math.PI) * Math.asin((2 * q * c) / (1 + 2 * q));
        expect(productActivation(field('erf', 1), q, c)).toBeCloseTo(expected, 10);
      }
  });

  it('kurtosis and elasticity of an activation: 6 and 1 for ReLU, 3 and 1 for the identity, 1 and 0 once saturated', () => {
    for (const q of [1e-9, 1, 1e9])
      for (const [kind, kurtosis] of [
        ['relu', 6],
        ['identity', 3],
      ] as const) {
        expect(activationKurtosis(field(kind, 1), q)).toBeCloseTo(kurtosis, 9);
        expect(activationElasticity(field(kind, 1), q)).toBeCloseTo(1, 9);
      }
    expect(activationKurtosis(field('tanh', 1), 1e12)).toBeCloseTo(1, 5);
    expect(activationElasticity(field('tanh', 1), 1e12)).toBeCloseTo(0, 5);
    const [net, step] = [field('tanh', 1, 0, 2), 1e-4];
    const [above, below] = [1, -1].map((side) => Math.log(squareActivation(net, 0.7 * Math.exp(side * step))));
    expect(activationElasticity(net, 0.7)).toBeCloseTo(((above ?? 0) - (below ?? 0)) / (2 * step), 7);
  });

  it('identity: everything is linear', () => {
    const linear = field('identity', 0.9, 0.5);
    expect(qMap(linear, 2)).toBeCloseTo(0.81 * 2 + 0.25, 12);
    expect(fixedPoint(linear, 2)).toMatchObject({ q: expect.closeTo(0.25 / 0.19, 10), chi: expect.closeTo(0.81, 12) });
    expect(fixedPoint(linear, 2)?.depthScale).toBeCloseTo(1 / Math.abs(Math.log(0.81)), 8);
    expect(correlationMap(linear, 2, -0.5)).toBeCloseTo((0.81 * -1 + 0.25) / qMap(linear, 2), 12);
  });
});

describe('every activation', () => {
  it.each(ACTIVATION_CODES)('%s: c = 1 is a fixed point of slope χ at q*, c-map between its ends', (kind) => {
    const net = field(kind, kind === 'softplus' ? 0.5 : 1.2, 0.3);
    const found = fixedPoint(net, 1);
    if (found === null) return expect(['identity']).toContain(kind);
    expect(qMap(net, found.q) / found.q).toBeCloseTo(1, 10);
    expect(correlationMap(net, found.q, 1)).toBeCloseTo(1, 10);
    const step = 1e-4;
    const slope = (1 - (correlationMap(net, found.q, 1 - step) ?? 0)) / step;
    // Second order: kinks bend the map by √step.
    expect(Math.abs(slope / found.chi - 1)).toBeLessThan(0.02);
    expect(productActivation(net, found.q, 1)).toBeCloseTo(squareActivation(net, found.q), 10);
  });

  it.each([
    ['tanh', 1],
    ['relu', Math.SQRT2],
    ['identity', 1],
    ['erf', Math.sqrt(Math.PI) / 2],
    ['gelu', 2],
    ['silu', 2],
  ])('%s is critical at %f', (kind, gain) => {
    expect(criticalGain(named(kind))?.gain).toBeCloseTo(gain, 8);
  });
});

describe('phases', () => {
  it('tanh: ordered below 1 ends at c* = 1, chaotic above at c* = 0 without bias and between with it', () => {
    expect(fixedPoint(field('tanh', 0.9, 0.1), 1)).toMatchObject({ correlation: 1 });
    expect(fixedPoint(field('tanh', 1.5), 1)).toMatchObject({ correlation: 0 });
    const mixed = fixedPoint(field('tanh', 2.5, 0.3), 1);
    expect(mixed?.chi).toBeGreaterThan(1);
    expect(mixed?.correlation).toBeGreaterThan(0);
    expect(mixed?.correlation).toBeLessThan(0.9);
    const c = mixed?.correlation ?? 0;
    expect(correlationMap(field('tanh', 2.5, 0.3), mixed?.q ?? 0, c)).toBeCloseTo(c, 10);
  });

  it('a linear g at χ = 1 keeps every correlation', () => {
    expect(fixedPoint(field('identity', 1), 1)).toMatchObject({ q: 1, chi: expect.closeTo(1, 12), correlation: null });
    expect(fixedPoint(field('identity', 0.9, 0.5), 1)).toMatchObject({ correlation: 1 });
  });

  it('q vanishes or explodes', () => {
    expect(fixedPoint(field('relu', 1), 1)).toMatchObject({ q: 0, chi: expect.closeTo(0.5, 12), correlation: null });
    expect(fixedPoint(field('tanh', 0.8), 1)).toMatchObject({ q: 0, chi: expect.closeTo(0.64, 10) });
    expect(fixedPoint(field('tanh', 1), 1)).toMatchObject({ q: 0, chi: expect.closeTo(1, 12), depthScale: null });
    expect(fixedPoint(field('relu', 2), 1)).toBeNull();
    expect(fixedPoint(field('logistic', 0, 0.5), 1)).toMatchObject({ q: 0.25, chi: 0, depthScale: null });
  });

  it.each([
    ['relu', Math.SQRT2, 0.1],
    ['relu', Math.SQRT2, 0.5],
    ['identity', 1, 0.1],
    ['softplus', Math.SQRT2, 0],
    ['leaky_relu', Math.sqrt(2 / 1.0001), 0.3],
  ])('%s at gain %f with biases of %f: q grows without bound, by steps that do not', (kind, gain, biasStd) => {
    expect(fixedPoint(field(kind, gain, biasStd), 1)).toBeNull();
  });

  // Far out their map is the identity and a constant, so that q grows without bound from a large start; near 0 it is a quarter of that.
  it.each([
    ['gelu', 0.0025],
    ['gelu', 1],
    ['silu', 0.0025],
    ['silu', 0.01],
    ['silu', 1],
  ])('%s under He with biases of 0.1 settles, from inputs of mean square %f as from others', (kind, square) => {
    const net = field(kind, Math.SQRT2, 0.1);
    let q = 2 * square + 0.01;
    for (let l = 0; l < 2000; l++) q = qMap(net, q);
    const found = fixedPoint(net, 2 * square + 0.01);
    expect((found?.q ?? 0) / q).toBeCloseTo(1, 9);
    expect(found?.chi).toBeCloseTo(chi(net, q), 9);
    if (kind === 'gelu')
      expect([found?.q, found?.chi]).toEqual([expect.closeTo(0.020798, 6), expect.closeTo(0.5254, 4)]);
    expect(fixedPoint(net, 1e6)).toBeNull();
  });

  it('just below χ = 1, q is bounded', () => {
    const linear = fixedPoint(field('identity', Math.sqrt(1 - 1e-4), 0.1), 1);
    expect((linear?.q ?? 0) / 100).toBeCloseTo(1, 6);
  });

  it('a wrong χ is found out (negative control)', () => {
    // E (g′)² is not (E g′)².
    const wrong = 0.206620964 ** 2;
    expect(Math.abs(wrong - (fixedPoint(field('logistic', 1), 1)?.chi ?? 0))).toBeGreaterThan(1e-3);
  });
});
