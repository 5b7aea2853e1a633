import { describe, expect, it } from 'vitest';
import { frequencies, meanCosine } from '../../../src/run/harmonics.ts';
import { binAtoms, histogramOf } from '../../../src/stats/histogram.ts';
import { TestRandom } from '../../support/random.ts';
import { tallyBlocks, tallyOf } from '../../support/tally.ts';

/** Quantiles of a standard Cauchy at equal shares: a sample without noise. */
const n = 2 ** 18;
const values = Float64Array.from({ length: n }, (_, i) => Math.tan(Math.PI * ((i + 0.5) / n - 0.5)));

describe('meanCosine', () => {
  it('reads the characteristic function off the bins, also where they hold whole waves', () => {
    const tally = tallyOf(values);
    const { means, spreads } = binAtoms(histogramOf(tally));
    const atoms = (omega: number) =>
      means.reduce(
        (sum, m, i) =>
          sum + ((tally.counts[i] as number) / n) * Math.cos(omega * m) * Math.cos(omega * (spreads[i] as number)),
        0,
      );
    for (const omega of [0.5, 1, 4, 16])
      expect(Math.abs(meanCosine(omega, [tally]).value - Math.exp(-omega))).toBeLessThan(1e-4);
    // The two atoms of the derivation don't fade.
    expect(Math.abs(atoms(16) - Math.exp(-16))).toBeGreaterThan(1e-3);
  });

  it('is exact on a lattice, and leaves blocks out', () => {
    const { value, shifts } = meanCosine(2, [tallyOf([1, -1, 3]), tallyOf([1, 1])]);
    expect(value).toBeCloseTo((4 * Math.cos(2) + Math.cos(6)) / 5, 14);
    expect(value + (shifts[0] as number)).toBeCloseTo(Math.cos(2), 14);
  });
});

describe('frequencies', () => {
  it('follow the standard deviation, or a power of two near the quartiles where there is none', () => {
    expect(frequencies(4, [])).toEqual([0.5, 1]);
    // Quartiles of a Cauchy: ±1; 2/1.349 = 1.48, so the spread is 1, whatever the draws.
    expect(frequencies(Infinity, [tallyOf(values)])).toEqual([1, 2]);
    const random = new TestRandom(12);
    expect(
      frequencies(
        Infinity,
        tallyBlocks(8, 500, () => 100 * random.studentT(1)),
      ),
    ).toEqual([1 / 128, 2 / 128]);
  });

  it('are none where z does not vary', () => {
    expect(frequencies(0, [])).toEqual([]);
    expect(frequencies(Infinity, [tallyOf([0, 0])])).toEqual([]);
  });
});
