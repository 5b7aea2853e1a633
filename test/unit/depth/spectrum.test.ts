import { describe, expect, it } from 'vitest';
import { jacobianSpectrum } from '../../../src/depth/spectrum.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { DEPTH_SPEC, layersOf, modelSpec } from '../../support/depth.ts';

const diagonal = (...values: number[]): Float64Array => {
  const matrix = new Float64Array(values.length ** 2);
  values.forEach((value, i) => {
    matrix[i * values.length + i] = value;
  });
  return matrix;
};

describe('jacobianSpectrum', () => {
  it('of a diagonal matrix, an even and an odd number of values', () => {
    expect(jacobianSpectrum(diagonal(3, -1, 2), 3, 1)).toMatchObject({ largest: 3, median: 2, smallest: 1 });
    expect(jacobianSpectrum(diagonal(4, 3, -1, 2), 4, 1)).toMatchObject({ median: 2.5, meanSquare: 7.5 });
  });

  it('knows nothing below rounding, and everything of zeros', () => {
    expect(jacobianSpectrum(diagonal(1, 1e-3, 1e-9), 3, 2)).toMatchObject({
      median: expect.closeTo(1e-3),
      smallest: null,
    });
    expect(jacobianSpectrum(diagonal(0, 0, 0), 3, 2)).toMatchObject({
      largest: 0,
      median: 0,
      smallest: 0,
      meanSquare: 0,
    });
    expect(jacobianSpectrum(diagonal(1, Number.NaN), 2, 1).largest).toBeNaN();
    expect(jacobianSpectrum(Float64Array.of(5), 1, 1)).toMatchObject({ largest: 5, median: 5, smallest: 5 });
  });
});

describe('spectra of deep linear networks', () => {
  const wasm = new WasmKernel();
  const linear = (initializer: string, width: number, depth: number, samples: number, params = {}) =>
    layersOf(wasm, {
      ...{ ...DEPTH_SPEC, jacobian: true, batch: 16, activations: [modelSpec('identity')] },
      ...{ width: [width], depth, samples, initializers: [modelSpec(initializer, params)] },
    });

  it('orthogonal: every singular value is gainᴸ (Saxe et al. 2013)', () => {
    for (const width of [7, 64, 129]) {
      const rows = linear('orthogonal', width, 6, 32, { gain: 1.5 });
      // 6 layers of reflections in single precision: some √(6·n)·2⁻²⁴ each, and the singular value is of norm 1.
      for (const name of ['jac_max', 'jac_median', 'jac_min'])
        expect(rows.at(name, 6) / 1.5 ** 6 - 1).toBeCloseTo(0, 4);
      expect(rows.at('jac_mean_sq', 6) / 1.5 ** 12 - 1).toBeCloseTo(0, 5);
    }
  });

  it('normal, one layer: quarter circle, and Edelman’s smallest one (1988)', () => {
    const rows = linear('lecun_normal', 64, 1, 512);
    const within = (name: string, expected: number, slack: number) =>
      expect(Math.abs(rows.at(name, 1) - expected)).toBeLessThan(5 * rows.at(`${name}_mcse`, 1) + slack);
    within('jac_mean_sq', 1, 0); // exact at every width; t₃₁ > 5: 2e-5
    within('jac_median', 0.8079, 0.02); // median of √(4 − x²)/π; 1/n
    within('jac_min', 0.6557 / 64, 0.01 / 64);
    expect(rows.at('jac_max', 1)).toBeGreaterThan(1.85);
    expect(rows.at('jac_max', 1)).toBeLessThan(2);
  });

  it('normal against orthogonal at depth: the same mean square, another spectrum', () => {
    const [normal, orthogonal] = [linear('lecun_normal', 48, 8, 128), linear('orthogonal', 48, 8, 128)];
    expect(Math.abs(normal.at('jac_mean_sq', 8) - 1)).toBeLessThan(5 * normal.at('jac_mean_sq_mcse', 8));
    expect(normal.at('jac_max', 8)).toBeGreaterThan(3 * orthogonal.at('jac_max', 8));
    expect(normal.at('jac_median', 8)).toBeLessThan(0.5 * orthogonal.at('jac_median', 8));
    // The quarter circle of one layer is not that of eight (negative control).
    expect(Math.abs(normal.at('jac_median', 8) - 0.8079)).toBeGreaterThan(20 * normal.at('jac_median_mcse', 8));
  });
});
