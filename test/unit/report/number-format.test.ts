import { describe, expect, it } from 'vitest';
import { decimalsOf, formatFixed, formatMeasured, formatNumber } from '../../../src/report/number-format.ts';

describe('formatMeasured', () => {
  it.each([
    [0.3334127, 0.0001234, '0.33341 ± 0.00012'],
    [0.33, 0.00999, '0.330 ± 0.010'],
    [-0.00003, 0.0012, '0.0000 ± 0.0012'],
    [-0.0123, 0.0012, '-0.0123 ± 0.0012'],
    [12.345, 1.26, '12.3 ± 1.3'],
    [12345.6, 567, '12350 ± 570'],
    [1.23456e-9, 2.1e-12, '(1.2346 ± 0.0021)e-9'],
    [1.0000000011, 4.4e-11, '1.000000001100 ± 0.000000000044'],
    [0.0012345678911, 4.4e-13, '0.00123456789110 ± 0.00000000000044'],
    [1e-12, 3e-10, '(0.0 ± 3.0)e-10'],
    [1.2e8, 5e5, '(1.2000 ± 0.0050)e8'],
    [0.25, 0, '0.25 ± 0'],
    [0.25, Number.NaN, '0.25'],
    [0.25, Number.POSITIVE_INFINITY, '0.25'],
    [Number.NaN, 0.1, '–'],
    [Number.POSITIVE_INFINITY, 0.1, '∞'],
  ])('%d with error %d is %s', (value, error, text) => {
    expect(formatMeasured(value, error)).toBe(text);
  });

  it('never rounds by more than half of the last place shown', () => {
    for (let exponent = -14; exponent <= 14; exponent++)
      for (const mantissa of [1, 1.04999, 2.345678, 9.949, 9.951, 9.9999])
        for (const ratio of [1e-6, 3.3e-4, 0.017, 0.99, 12]) {
          const value = Number(`${mantissa}e${exponent}`);
          const error = value * ratio;
          const text = formatMeasured(value, error);
          const [, shown, shownError, power] = /^\(?(.*?) ± ([^)]*)(?:\)e(-?\d+))?$/.exec(text) ?? [];
          const unit = 10 ** Number(power ?? 0);
          expect(Math.abs(Number(shownError) * unit - error), text).toBeLessThanOrEqual(0.051 * error);
          expect(Math.abs(Number(shown) * unit - value), text).toBeLessThanOrEqual(0.051 * error);
        }
  });
});

describe('formatNumber and formatFixed', () => {
  it.each([
    [1 / 3, '0.333333'],
    [0, '0'],
    [-0, '0'],
    [1.5e-7, '1.5e-7'],
    [4096, '4096'],
    [Number.NaN, '–'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('keeps a fixed count of decimals', () => {
    expect(formatFixed(-0.004, 2)).toBe('0.00');
    expect(formatFixed(1234.5, -2)).toBe('1200');
    expect(formatFixed(1e300, 2)).toBe('1e+300');
    expect(formatFixed(Number.NaN, 2)).toBe('–');
  });

  it('has no decimals to offer without an error', () => {
    expect([0.0001234, 9.99, 0, Number.NaN, Number.POSITIVE_INFINITY].map(decimalsOf)).toEqual([
      5,
      0,
      null,
      null,
      null,
    ]);
  });
});
