import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AxisRange, expandRange } from '../../../src/config/axis.ts';

const levels = (range: AxisRange, integer = false): readonly number[] => {
  const expanded = expandRange(range, integer);
  if ('allowed' in expanded) throw new Error(expanded.allowed);
  return expanded;
};

const fault = (range: AxisRange): string | null => {
  const expanded = expandRange(range, false);
  return 'allowed' in expanded ? (expanded.key ?? 'range') : 'none';
};

describe('a log2 axis', () => {
  it('doubles from its first level and never passes the last', () => {
    expect(levels({ from: 1, to: 4096, scale: 'log2' }, true)).toEqual(Array.from({ length: 13 }, (_, k) => 2 ** k));
    expect(levels({ from: 3, to: 25, scale: 'log2' }, true)).toEqual([3, 6, 12, 24]);
    expect(levels({ from: 0.25, to: 1.9, scale: 'log2' })).toEqual([0.25, 0.5, 1]);
  });
});

describe('a stepped axis', () => {
  it('comes out as it is written', () => {
    expect(levels({ from: 0.1, to: 1, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(levels({ from: 10, to: 35, step: 10 }, true)).toEqual([10, 20, 30]);
  });
});

describe('a counted axis', () => {
  it('has exact ends and whole decades on a log scale', () => {
    const beta = levels({ from: 0.1, to: 10, count: 25, scale: 'log' });
    expect(beta).toHaveLength(25);
    expect([beta[0], beta[6], beta[12], beta[24]]).toEqual([0.1, 0.316227766017, 1, 10]);
    const ratios = beta.slice(1).map((b, i) => b / (beta[i] ?? 0));
    for (const ratio of ratios) expect(ratio).toBeCloseTo(10 ** (2 / 24), 10);
  });

  it('is linear unless told otherwise', () => {
    expect(levels({ from: 1, to: 2, count: 5 })).toEqual([1, 1.25, 1.5, 1.75, 2]);
  });

  it('rounds and drops repeats among integers', () => {
    expect(levels({ from: 1, to: 100, count: 12, scale: 'log' }, true)).toEqual([
      1, 2, 4, 5, 8, 12, 19, 28, 43, 66, 100,
    ]);
  });

  it('ascends between its ends, whatever they are', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        positive,
        fc.double({ min: 1.01, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 50 }),
        (from, ratio, count) => {
          const to = from * ratio;
          for (const scale of ['log', 'linear'] as const) {
            const axis = levels({ from, to, count, scale });
            expect([axis[0], axis.at(-1), axis.length]).toEqual([from, to, count]);
            expect(axis.every((level, i) => i === 0 || level > (axis[i - 1] ?? 0))).toBe(true);
          }
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe('a range without a meaning', () => {
  it.each<[AxisRange, string]>([
    [{ from: 2, to: 1, step: 1 }, 'to'],
    [{ from: 1, to: 2 }, 'range'],
    [{ from: 1, to: 2, scale: 'log' }, 'range'],
    [{ from: 1, to: 2, step: 1, count: 2 }, 'count'],
    [{ from: 1, to: 2, count: 2, scale: 'log2' }, 'scale'],
    [{ from: 1, to: 2, step: 1, scale: 'log' }, 'scale'],
    [{ from: 1, to: 2, count: 1 }, 'count'],
    [{ from: 0, to: 2, count: 3, scale: 'log' }, 'from'],
    [{ from: 0, to: 2, scale: 'log2' }, 'from'],
    [{ from: 1, to: 2, step: 1e-300 }, 'step'],
  ])('%j names the key at fault', (range, key) => {
    expect(fault(range)).toBe(key);
  });

  it('finds no fault in a single level', () => {
    expect(fault({ from: 2, to: 2, count: 1 })).toBe('none');
  });
});
