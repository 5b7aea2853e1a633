import { describe, expect, it } from 'vitest';
import {
  betaInc,
  clopperPearsonUpper,
  erf,
  erfc,
  logBeta,
  logGamma,
  normalCdf,
  normalPdf,
  normalQuantile,
  studentTCdf,
  studentTPdf,
  studentTQuantile,
} from '../../../src/numeric/special.ts';

const PROBABILITIES = [1e-12, 1e-6, 1e-3, 0.01, 0.2, 0.25, 0.3, 0.49, 0.5, 0.51, 0.7, 0.9, 0.999];

describe('special functions', () => {
  it('erf and erfc: edges, symmetry, the seam at 1', () => {
    expect(erf(0)).toBe(0);
    expect(erf(Infinity)).toBe(1);
    expect(erf(-Infinity)).toBe(-1);
    expect(erf(Number.NaN)).toBeNaN();
    expect(erfc(-Infinity)).toBe(2);
    expect(erfc(Infinity)).toBe(0);
    expect(erf(-0.7)).toBe(-erf(0.7));
    const seam = 1 - 2 ** -53;
    expect(Math.abs(erf(1) - erf(seam))).toBeLessThan(3e-16);
  });

  it('the normal quantile inverts the distribution function', () => {
    for (const p of PROBABILITIES) expect(normalCdf(normalQuantile(p)) / p - 1).toBeCloseTo(0, 13);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(1.5)).toBeNaN();
    expect(normalPdf(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 15);
  });

  it('Student’s quantile inverts its distribution function, and its density is the slope', () => {
    for (const df of [0.5, 1, 2.5, 7, 63, 1e4])
      for (const p of PROBABILITIES) expect(studentTCdf(studentTQuantile(p, df), df) / p - 1).toBeCloseTo(0, 11);
    for (const t of [-3, -0.4, 0.2, 2]) {
      const h = 1e-5;
      const slope = (studentTCdf(t + h, 6) - studentTCdf(t - h, 6)) / (2 * h);
      expect(studentTPdf(t, 6)).toBeCloseTo(slope, 8);
    }
    expect(studentTCdf(-Infinity, 3)).toBe(0);
    expect(studentTCdf(Infinity, 3)).toBe(1);
    expect(studentTQuantile(0, 3)).toBe(-Infinity);
    expect(studentTQuantile(2, 3)).toBeNaN();
  });

  it('gamma and beta: factorials, the recurrence, symmetry', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(0)).toBeNaN();
    // B(a + 1, b) = B(a, b)·a/(a + b), across the seams at 10.
    for (const a of [0.5, 3, 9.5, 40])
      for (const b of [0.7, 9.7, 12, 5000])
        expect(logBeta(a + 1, b) - logBeta(a, b)).toBeCloseTo(Math.log(a / (a + b)), 11);
    expect(logBeta(2, 30)).toBe(logBeta(30, 2));
  });

  it('the incomplete beta function: closed forms and I_x(a, b) = 1 − I_{1−x}(b, a)', () => {
    for (const x of [0.001, 0.2, 0.5, 0.93]) {
      expect(betaInc(x, 1, 1)).toBeCloseTo(x, 14);
      expect(betaInc(x, 3, 1)).toBeCloseTo(x * x * x, 14);
      expect(betaInc(x, 2.5, 40)).toBeCloseTo(1 - betaInc(1 - x, 40, 2.5), 12);
    }
    expect(betaInc(0, 2, 3)).toBe(0);
    expect(betaInc(1, 2, 3)).toBe(1);
  });

  it('the Clopper–Pearson limit has binomial probability 5% at or below the count', () => {
    for (const [count, trials] of [
      [0, 64],
      [3, 200],
      [63, 64],
    ] as const) {
      const p = clopperPearsonUpper(count, trials);
      let sum = 0;
      let term = (1 - p) ** trials;
      for (let k = 0; k <= count; k++) {
        sum += term;
        term *= ((trials - k) / (k + 1)) * (p / (1 - p));
      }
      expect(sum).toBeCloseTo(0.05, 10);
    }
    expect(clopperPearsonUpper(0, 1e6) * 1e6).toBeCloseTo(2.9957, 3);
    expect(clopperPearsonUpper(5, 5)).toBe(1);
  });
});
