import { describe, expect, it } from 'vitest';
import { planDepth } from '../../../src/depth/depth-plan.ts';
import { deriveLayers } from '../../../src/depth/derive-layers.ts';
import { LAYER_COLUMNS, LAYER_STATISTICS } from '../../../src/depth/layer-columns.ts';
import { JACOBIAN, LAYER_FIELDS } from '../../../src/depth/layer-record.ts';
import { networkJob, networkKeys } from '../../../src/depth/network-job.ts';
import { ReferenceKernel } from '../../../src/kernel/reference.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { exp, logistic, tanh } from '../../../src/numeric/elementary.ts';
import {
  DEPTH_SPEC,
  FIRST,
  inputSpec,
  type LayerRows,
  layerRows,
  layersOf,
  modelSpec,
  recordsOfCell,
} from '../../support/depth.ts';

const wasm = new WasmKernel();

const spec = (initializer: string, activation: string, more: Partial<DepthSpec> = {}): DepthSpec => ({
  ...{ ...DEPTH_SPEC, width: [12], batch: 16, samples: 64, jacobian: true },
  initializers: [initializer === 'constant' ? modelSpec('constant', { value: 0.05 }) : modelSpec(initializer)],
  activations: [modelSpec(activation)],
  ...more,
});

const NEVER_NULL = LAYER_COLUMNS.filter(({ nullable }) => !nullable).map(({ name }) => name);

describe('weights that are all zero', () => {
  it.each([
    ['logistic', 0.5, 0.25],
    ['tanh', 0, 1],
    ['relu', 0, 0],
    ['identity', 0, 1],
    ['softplus', Math.fround(Math.LN2), 0.5],
  ])('%s: a = g(0), nothing varies, no gradient but at the output', (activation, value, slope) => {
    const rows = layersOf(wasm, spec('zeros', activation));
    for (let layer = 1; layer <= 3; layer++) {
      for (const name of ['z_var', 'a_var', 'chi']) {
        expect(rows.at(name, layer)).toBe(0);
        expect(rows.at(`${name}_mcse`, layer)).toBe(0);
        expect(rows.at(`${name}_theory`, layer)).toBe(0);
        expect(rows.at(`${name}_zscore`, layer)).toBe(0);
      }
      expect(rows.at('a_mean', layer)).toBeCloseTo(value, 12);
      expect(rows.at('a_mean_zscore', layer)).toBe(0);
      expect(rows.at('saturated', layer)).toBe(slope === 0 ? 1 : 0);
      expect(rows.at('correlation', layer)).toBeNaN();
      if (layer < 3) {
        expect(rows.at('grad_var', layer)).toBe(0);
        expect(rows.at('grad_log_var', layer)).toBeNaN();
        expect(rows.at('weight_grad_rms', layer)).toBe(0);
      }
    }
    for (const name of ['jac_max', 'jac_median', 'jac_min', 'jac_mean_sq']) {
      expect(rows.at(name, 3)).toBe(0);
      expect(rows.at(name, 2)).toBeNaN();
    }
    // ∂ℓ/∂w = δ·g′(0)·a: only the output layer is moved, and that only where a = g(0) is not 0.
    const expected = slope * value;
    expect(Math.abs(rows.at('weight_grad_rms', 3) - expected)).toBeLessThanOrEqual(
      5 * rows.at('weight_grad_rms_mcse', 3), // t₃₁: 2e-5
    );
  });
});

describe('constant weights', () => {
  // All units of a layer agree, so that z₁ = c·Σx and z_{l+1} = c·n·g(z_l): the Jacobian is c·n·∏g′ times the matrix of 1/n,
  // whose one singular value that is not 0 is 1.
  it('have units that agree, and a Jacobian of rank 1', () => {
    const plan = planDepth(spec('constant', 'tanh', { samples: 32, depth: 2 }));
    const records = recordsOfCell(wasm, plan);
    const rows = layerRows(deriveLayers(plan, FIRST, records));
    const reference = layersOf(new ReferenceKernel(), spec('constant', 'tanh', { samples: 32, depth: 2 }));
    for (const name of ['z_var', 'a_mean', 'jac_max', 'jac_mean_sq'])
      expect(rows.at(name, 2)).toBe(reference.at(name, 2));
    const { jacobian } = wasm.networks(networkJob(plan, FIRST))(networkKeys(plan, FIRST, 'seed')(0), 0);
    const [row, ...others] = Array.from({ length: 12 }, (_, i) => jacobian?.matrix.slice(12 * i, 12 * (i + 1)));
    for (const other of others) expect(other).toEqual(row);
    // ‖J‖² = σ_max² where there is one singular value; its mean square is over n of them.
    for (const record of records) {
      const of = (field: keyof typeof JACOBIAN) => record[2 * LAYER_FIELDS + JACOBIAN[field]] as number;
      expect((12 * of('meanSquare')) / of('largest') ** 2).toBeCloseTo(1, 5);
    }
    expect(rows.at('jac_median', 2)).toBeNaN();
    expect(rows.at('jac_min', 2)).toBeNaN();
    expect(rows.at('z_var_theory', 2)).toBeNaN();
    // Var z₁ = c²·n, within the error of 32 networks of 16 inputs: 512 squares of normal numbers are too few for a z-score.
    expect(rows.at('z_var_theory', 1)).toBeCloseTo(0.05 ** 2 * 12, 12);
    expect(Math.abs(rows.at('z_var', 1) - 0.05 ** 2 * 12)).toBeLessThan(5 * rows.at('z_var_mcse', 1));
    expect(rows.at('z_var_zscore', 1)).toBeNaN();
  });

  it('ones: a saturated tanh in double and single precision alike', () => {
    expect(tanh(40)).toBe(1);
    const rows = layersOf(wasm, spec('ones', 'tanh'));
    expect(rows.at('a_var', 3)).toBeGreaterThan(0.99);
    expect(rows.at('grad_log_var', 1)).toBeLessThan(-20);
    expect(logistic(0)).toBe(0.5);
    expect(exp(0)).toBe(1);
  });
});

describe('what leaves the range of numbers', () => {
  const isNull = (rows: LayerRows, name: string, layer: number) => Number.isNaN(rows.at(name, layer));

  it('explodes into nulls, never into infinities', () => {
    const rows = layersOf(
      wasm,
      spec('normal', 'relu', {
        width: [64],
        depth: 60,
        jacobian: false,
        initializers: [modelSpec('normal', { std: 1 })],
      }),
    );
    expect(isNull(rows, 'z_var', 1)).toBe(false);
    expect(isNull(rows, 'z_var', 60)).toBe(true);
    for (const { name } of LAYER_STATISTICS)
      for (let layer = 1; layer <= 60; layer++) {
        const value = rows.at(name, layer);
        expect(Number.isNaN(value) || Number.isFinite(value), `${name} of layer ${layer}`).toBe(true);
      }
    for (const name of NEVER_NULL) expect(Number.isFinite(rows.at(name, 60)), name).toBe(true);
  });

  it('has no Jacobian of a network that overflows, even where what saturates leaves it finite', () => {
    const inputs = [inputSpec('normal', { std: 1e20 }, false)];
    const initializers = [modelSpec('normal', { std: 1e20 })];
    const rows = layersOf(wasm, spec('normal', 'tanh', { inputs, initializers }));
    for (const name of ['z_var', 'jac_max', 'jac_mean_sq']) expect(isNull(rows, name, 3), name).toBe(true);
  });

  it('keeps the theory of the layers before z overflows, and what is exact', () => {
    const rows = layersOf(
      wasm,
      spec('normal', 'relu', { depth: 8, initializers: [modelSpec('normal', { std: 1e30 })] }),
    );
    expect(rows.at('z_var_theory', 1)).toBeCloseTo(12e60, -52);
    expect(rows.at('chi_theory', 3)).toBeGreaterThan(0);
    for (const name of ['z_var', 'chi', 'jac_mean_sq']) expect(isNull(rows, `${name}_theory`, 8)).toBe(true);
    for (let layer = 1; layer < 8; layer++) expect(isNull(rows, 'grad_var_theory', layer)).toBe(true);
    expect(rows.at('grad_var_theory', 8)).toBe(1);
  });

  it('has an error for every number that a double holds, and no number where none does', () => {
    const deep = (depth: number) => layersOf(wasm, spec('standard_uniform', 'logistic', { width: [16], depth }));
    const some = deep(120);
    expect(some.at('grad_var', 20)).toBeGreaterThan(0);
    expect(some.at('grad_var', 20)).toBeLessThan(1e-160);
    expect(some.at('grad_var_mcse', 20)).toBeGreaterThan(0.01 * some.at('grad_var', 20));
    const rows = deep(200);
    expect(isNull(rows, 'weight_grad_rms', 1)).toBe(true);
    // √(χ¹⁹⁹·E (g′)²·E x²): 1e-170, the square of which is no double.
    expect(Math.log(rows.at('weight_grad_rms_theory', 1))).toBeCloseTo(99.5 * Math.log(0.020008) - 1.4, 0);
    expect(isNull(rows, 'jac_mean_sq', 200)).toBe(true);
    expect(isNull(rows, 'jac_mean_sq_theory', 200)).toBe(true);
    expect(rows.at('jac_max', 200)).toBeGreaterThan(0);
    expect(rows.at('jac_max', 200)).toBeLessThan(1e-160);
  });

  it('has no variance where it is lost in rounding, and 0 where nothing varies', () => {
    const initializers = [modelSpec('normal', { std: 1e-7 })];
    expect(isNull(layersOf(wasm, spec('normal', 'logistic', { initializers })), 'a_var', 1)).toBe(true);
    expect(layersOf(wasm, spec('zeros', 'logistic')).at('a_var', 1)).toBe(0);
  });

  it('vanishes to where only the logarithm can follow', () => {
    const rows = layersOf(
      wasm,
      spec('standard_uniform', 'logistic', { width: [16], depth: 200, jacobian: true, samples: 32 }),
    );
    // 200 layers of χ = .02: 1e-340, where doubles end at 1e-308.
    expect(isNull(rows, 'grad_var', 1)).toBe(true);
    expect(rows.at('grad_log_var', 1)).toBeLessThan(-760);
    expect(rows.at('grad_log_var', 1)).toBeGreaterThan(-800);
    expect(rows.at('grad_log_var_theory', 1)).toBeCloseTo(199 * Math.log(0.020008), 0);
    expect(rows.at('grad_var', 100)).toBeGreaterThan(0);
  });
});
