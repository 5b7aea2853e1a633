import { describe, expect, it } from 'vitest';
import { characteristic } from '../../../src/theory/characteristic.ts';
import { input, raw, rowsInput, shape } from './models.ts';

const OMEGAS = [0, 0.1, 0.7, 1, 2.5, 6];

describe('characteristic', () => {
  it('of uniform weights on ±1 or constant inputs is (sin ω/ω)ⁿ', () => {
    for (const omega of OMEGAS)
      for (const inputs of [input('rademacher'), input('constant', { value: 1 })])
        expect(characteristic(shape('uniform'), inputs, 3, omega)).toBeCloseTo(
          omega === 0 ? 1 : (Math.sin(omega) / omega) ** 3,
          12,
        );
  });

  it('of normal weights on normal inputs is (1 + ω²)^{−n/2}', () => {
    for (const omega of OMEGAS)
      for (const n of [1, 2, 9])
        expect(characteristic(shape('normal'), input('normal'), n, omega)).toBeCloseTo(
          (1 + omega * omega) ** (-n / 2),
          11,
        );
  });

  it('of uniform weights on laplace inputs is (arctan(a)/a)ⁿ, a = ω/√2', () => {
    for (const omega of OMEGAS.slice(1)) {
      const a = omega / Math.SQRT2;
      expect(characteristic(shape('uniform'), input('laplace'), 4, omega)).toBeCloseTo((Math.atan(a) / a) ** 4, 12);
    }
  });

  it('needs no variance: uniform weights on Cauchy inputs, ((1 − e^{−ω})/ω)ⁿ', () => {
    const cauchy = raw('student_t', { df: 1 });
    for (const omega of OMEGAS.slice(1))
      expect(characteristic(shape('uniform'), cauchy, 5, omega)).toBeCloseTo(((1 - Math.exp(-omega)) / omega) ** 5, 12);
  });

  it('takes only the real part of a skewed input under symmetric weights', () => {
    // Random signs on Exp(1) make a Laplace; uniform weights on raw Bernoulli(p): 1 − p + p·sin ω/ω.
    for (const omega of OMEGAS.slice(1)) {
      expect(characteristic(shape('sign'), raw('exponential'), 3, omega)).toBeCloseTo((1 + omega * omega) ** -3, 12);
      expect(characteristic(shape('uniform'), raw('bernoulli', { p: 0.3 }), 2, omega)).toBeCloseTo(
        (0.7 + (0.3 * Math.sin(omega)) / omega) ** 2,
        12,
      );
    }
  });

  it('of truncated normal weights agrees with a fine trapezoid', () => {
    const steps = 20000;
    for (const omega of OMEGAS) {
      let sum = 0;
      let total = 0;
      for (let i = 0; i <= steps; i++) {
        const w = -2 + (4 * i) / steps;
        const density = Math.exp(-0.5 * w * w) * (i === 0 || i === steps ? 0.5 : 1);
        sum += density * Math.cos(omega * w);
        total += density;
      }
      expect(characteristic(shape('truncated_normal'), input('rademacher'), 1, omega)).toBeCloseTo(sum / total, 7);
    }
  });

  it('is e^{−ω²Var/2} for every exactly Gaussian pair, correlated ones too', () => {
    expect(characteristic(shape('constant'), input('equicorrelated', { rho: 0.5 }), 8, 0.3)).toBeCloseTo(
      Math.exp(-0.5 * 0.09 * 36),
      13,
    );
    expect(characteristic(shape('orthogonal'), input('normal'), 4, 0.5)).toBeCloseTo(Math.exp(-0.5), 13);
    expect(characteristic(shape('zero'), input('normal'), 4, 0.5)).toBe(1);
  });

  it('of constant weights needs a symmetric input', () => {
    expect(characteristic(shape('constant'), input('rademacher'), 3, 0.4)).toBeCloseTo(Math.cos(0.4) ** 3, 13);
    expect(characteristic(shape('constant'), input('exponential'), 3, 0.4)).toBeNull();
    expect(characteristic(shape('constant'), raw('uniform'), 3, 0.4)).toBeNull();
  });

  it('is null where there is no closed form', () => {
    for (const [weights, inputs] of [
      ['uniform', input('ar1')],
      ['uniform', input('equicorrelated')],
      ['uniform', input('lognormal')],
      ['uniform', input('student_t', { df: 4.5 })],
      ['uniform', rowsInput([[1, 2]])],
      ['orthogonal', input('uniform')],
    ] as const)
      expect(characteristic(shape(weights), inputs, 2, 0.5), `${weights} × ${inputs.label}`).toBeNull();
  });

  it('is right to 1e-9 at a million inputs', () => {
    const n = 2 ** 20;
    const omega = Math.sqrt(3 / n);
    // ln (sin-free) expansion: variance 1 and excess 2.4/n of uniform × normal at this scale.
    expect(characteristic(shape('uniform'), input('normal'), n, omega)).toBeCloseTo(
      Math.exp(-0.5) * (1 + 2.4 / n / 24),
      9,
    );
  });
});
