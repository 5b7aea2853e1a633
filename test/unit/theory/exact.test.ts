import { describe, expect, it } from 'vitest';
import { binomialProbabilities } from '../../../src/theory/binomial.ts';
import { exactLaw, gaussianLimit, LATTICE_LIMIT, latticeSize } from '../../../src/theory/exact.ts';
import { zMoments } from '../../../src/theory/moments.ts';
import { input, raw, rowsInput, shape } from './models.ts';

describe('binomialProbabilities', () => {
  it('are the small cases by hand', () => {
    expect([...binomialProbabilities(2, 0.5)]).toEqual([0.25, 0.5, 0.25]);
    expect(binomialProbabilities(3, 0.1)[2]).toBeCloseTo(3 * 0.01 * 0.9, 15);
  });

  it.each([
    [4096, 0.5],
    [1000, 0.01],
    [777, 0.97],
  ])('keep mean, variance and mass at n = %i, p = %f', (n, p) => {
    const probabilities = binomialProbabilities(n, p);
    const moment = (f: (k: number) => number) => probabilities.reduce((sum, q, k) => sum + q * f(k), 0);
    expect(moment(() => 1)).toBeCloseTo(1, 13);
    expect(moment((k) => k) / (n * p)).toBeCloseTo(1, 12);
    expect(moment((k) => (k - n * p) ** 2) / (n * p * (1 - p))).toBeCloseTo(1, 11);
  });
});

describe('exactLaw', () => {
  it('is Gaussian for constant weights on normal inputs of any correlation', () => {
    expect(exactLaw(shape('constant'), input('normal'), 9)).toEqual({ kind: 'gaussian', mean: 0, sd: 3 });
    expect(exactLaw(shape('constant'), raw('normal', { mean: 2, std: 0.5 }), 4)).toEqual({
      kind: 'gaussian',
      mean: 8,
      sd: 1,
    });
    expect(exactLaw(shape('constant'), input('equicorrelated', { rho: 0.5 }), 8)).toEqual({
      kind: 'gaussian',
      mean: 0,
      sd: 6,
    });
    expect(exactLaw(shape('constant'), input('ar1', { phi: -0.5 }), 3)).toEqual({
      kind: 'gaussian',
      mean: 0,
      sd: Math.sqrt(1.5),
    });
  });

  it('is Gaussian for a fixed-length factor against a normal one', () => {
    for (const [weights, inputs] of [
      ['orthogonal', input('normal')],
      ['sign', input('normal')],
      ['normal', input('rademacher')],
      ['normal', input('bernoulli', { p: 0.5 })],
      ['normal', input('constant', { value: 1 })],
    ] as const)
      expect(exactLaw(shape(weights), inputs, 16), weights).toEqual({ kind: 'gaussian', mean: 0, sd: 4 });
  });

  it('is neither Gaussian nor a lattice on inputs that vary little about a mean far from 0', () => {
    const far = raw('normal', { mean: 4e6, std: 1 });
    expect(exactLaw(shape('sign'), far, 2)).toBeNull();
    expect(exactLaw(shape('normal'), far, 2)).toBeNull();
  });

  it('is not Gaussian when the input has a mean, or the lengths vary', () => {
    for (const [weights, inputs] of [
      ['orthogonal', raw('normal', { mean: 1, std: 1 })],
      ['sign', raw('normal', { mean: 1, std: 1 })],
      ['orthogonal', input('rademacher')],
      ['orthogonal', input('equicorrelated', { rho: 0.5 })],
      ['normal', input('normal')],
      ['normal', input('bernoulli', { p: 0.4 })],
      ['uniform', input('rademacher')],
      ['sign', input('ar1', { phi: 0.5 })],
      ['constant', input('uniform')],
      ['constant', rowsInput([[1, 2]])],
    ] as const)
      expect(exactLaw(shape(weights), inputs, 16), `${weights} × ${inputs.label}`).toBeNull();
  });

  it.each([1, 2])('is unknown where the input has no variance: Student’s t with %d degrees of freedom', (df) => {
    for (const weights of ['normal', 'sign', 'orthogonal', 'uniform', 'constant'])
      expect(exactLaw(shape(weights), raw('student_t', { df }), 16), weights).toBeNull();
  });

  it('is a lattice for random signs on inputs of fixed magnitude', () => {
    const law = exactLaw(shape('sign'), input('rademacher'), 2);
    expect(law).toEqual({
      kind: 'lattice',
      mean: 0,
      points: Float64Array.of(-2, 0, 2),
      probabilities: Float64Array.of(0.25, 0.5, 0.25),
    });
    expect(exactLaw(shape('sign'), input('rademacher'), LATTICE_LIMIT)).not.toBeNull();
    expect(exactLaw(shape('sign'), input('rademacher'), LATTICE_LIMIT + 1)).toBeNull();
  });

  it('is a lattice, centred, for constant weights on two-valued inputs', () => {
    const law = exactLaw(shape('constant'), raw('bernoulli', { p: 0.25 }), 2);
    expect(law).toEqual({
      kind: 'lattice',
      mean: 0.5,
      points: Float64Array.of(-0.5, 0.5, 1.5),
      probabilities: expect.anything(),
    });
    expect(exactLaw(shape('constant'), input('rademacher'), 1)).toMatchObject({ points: Float64Array.of(-1, 1) });
    expect(exactLaw(shape('constant'), input('constant', { value: 3 }), 2)).toMatchObject({
      mean: 6,
      points: Float64Array.of(0),
    });
    expect(exactLaw(shape('zero'), input('normal'), 2)).toEqual({ kind: 'zero' });
  });

  it.each([0.5, 0.1, 0.001])('leaves out of a lattice what no functional sees: p = %f', (p) => {
    const n = LATTICE_LIMIT;
    const inputs = raw('bernoulli', { p });
    const law = exactLaw(shape('constant'), inputs, n);
    if (law?.kind !== 'lattice') throw new Error('not a lattice');
    expect(law.points.length).toBeLessThan(800);
    expect(latticeSize(shape('constant'), inputs, n) / law.points.length).toBeGreaterThan(0.8);
    expect(latticeSize(shape('constant'), inputs, n) / law.points.length).toBeLessThan(1.25);
    const all = binomialProbabilities(n, p);
    const sd = Math.sqrt(n * p * (1 - p));
    // A mean and a variance, and what is 1 or as large as z in the tails alone: seven deviations out, of probability 1e-12.
    for (const f of [
      (z: number) => z,
      (z: number) => z * z,
      (z: number) => (z > 7 * sd ? 1 : 0),
      (z: number) => Math.max(0, z - 7 * sd),
      (z: number) => Math.max(0, -7 * sd - z),
    ]) {
      const found = law.points.reduce((sum, z, i) => sum + (law.probabilities[i] as number) * f(z), 0);
      const whole = all.reduce((sum, probability, k) => sum + probability * f(k - n * p), 0);
      const size = Math.max(
        all.reduce((sum, probability, k) => sum + probability * Math.abs(f(k - n * p)), 0),
        1e-300,
      );
      expect(Math.abs(found - whole) / size).toBeLessThan(1e-13);
    }
  });

  it('keeps the rarest point that has a share of the variance', () => {
    for (const p of [1e-9, 1e-40]) {
      const law = exactLaw(shape('constant'), raw('bernoulli', { p }), 1);
      if (law?.kind !== 'lattice') throw new Error('not a lattice');
      expect((law.probabilities[1] as number) / p).toBeCloseTo(1, 12);
    }
  });

  it('counts the points of small lattices, and none where there is no lattice', () => {
    for (const n of [1, 2, 16, 256])
      expect(latticeSize(shape('sign'), input('rademacher'), n)).toBeLessThanOrEqual(n + 1);
    expect(latticeSize(shape('sign'), input('rademacher'), 16)).toBe(17);
    expect(latticeSize(shape('sign'), input('rademacher'), LATTICE_LIMIT + 1)).toBe(0);
    expect(latticeSize(shape('normal'), input('rademacher'), 16)).toBe(0);
    expect(latticeSize(shape('sign'), input('uniform'), 16)).toBe(0);
  });

  it('has the moments of zMoments', () => {
    for (const [weights, inputs] of [
      ['sign', input('rademacher')],
      ['sign', input('bernoulli', { p: 0.5 })],
      ['sign', input('constant', { value: 0.7 })],
      ['constant', input('rademacher')],
      ['constant', raw('bernoulli', { p: 0.1 })],
      ['constant', input('bernoulli', { p: 0.1 })],
    ] as const) {
      const n = 37;
      const law = exactLaw(shape(weights), inputs, n);
      if (law?.kind !== 'lattice') throw new Error('not a lattice');
      const moment = (k: number) =>
        law.points.reduce((sum, z, i) => sum + (law.probabilities[i] as number) * z ** k, 0);
      const z = zMoments(shape(weights), inputs, n);
      expect(law.mean).toBe(z.mean);
      expect(moment(1)).toBeCloseTo(0, 12);
      expect(moment(2) / z.variance).toBeCloseTo(1, 12);
      expect(moment(3) / moment(2) ** 1.5).toBeCloseTo(z.skewness as number, 11);
      expect(moment(4) / moment(2) ** 2 - 3).toBeCloseTo(z.excess as number, 11);
      expect(moment(8) / moment(4) ** 2).toBeCloseTo(z.k4 as number, 9);
    }
  });
});

describe('gaussianLimit', () => {
  it('holds for independent components of finite variance and for AR(1)', () => {
    for (const weights of ['uniform', 'normal', 'truncated_normal', 'sign', 'orthogonal', 'constant'])
      for (const inputs of [
        input('uniform'),
        raw('bernoulli', { p: 0.1 }),
        input('ar1', { phi: 0.5 }),
        input('student_t', { df: 3 }),
      ])
        expect(gaussianLimit(shape(weights), inputs), `${weights} × ${inputs.label}`).toBe(true);
    expect(gaussianLimit(shape('constant'), input('equicorrelated', { rho: 0.5 }))).toBe(true);
  });

  it('fails where ‖x‖²/n stays random, diverges or vanishes', () => {
    for (const [weights, inputs] of [
      ['uniform', input('equicorrelated', { rho: 0.5 })],
      ['orthogonal', input('equicorrelated', { rho: 0.5 })],
      ['uniform', rowsInput([[1, 2]])],
      ['uniform', raw('student_t', { df: 2 })],
      ['constant', raw('student_t', { df: 2 })],
      ['constant', input('constant', { value: 2 })],
      ['zero', input('normal')],
    ] as const)
      expect(gaussianLimit(shape(weights), inputs), `${weights} × ${inputs.label}`).toBe(false);
  });
});
