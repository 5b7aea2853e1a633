import { describe, expect, it } from 'vitest';
import { planDepth } from '../../src/depth/depth-plan.ts';
import { LAYER_FIELDS, RECORD } from '../../src/depth/layer-record.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { resolveActivation } from '../../src/model/activations.ts';
import type { DepthSpec } from '../../src/model/depth-spec.ts';
import { type Estimate, jackknifeRatio } from '../../src/stats/jackknife.ts';
import { criticalGain } from '../../src/theory/critical-gain.ts';
import { fixedPoint } from '../../src/theory/fixed-point.ts';
import { DEPTH_SPEC, inputSpec, layersOf, modelSpec, recordsOfCell } from '../support/depth.ts';

const wasm = new WasmKernel();
const LOGISTIC = resolveActivation({ kind: 'logistic', params: {} });

/** Normal weights of gain G = σ_w on the logistic; q has settled after six layers. */
const spec = (gain: number, width: number, samples: number, depth = 8): DepthSpec => ({
  ...{ ...DEPTH_SPEC, width: [width], depth, batch: 16, samples, correlation: 0.5 },
  initializers: [modelSpec('normal', { std: gain / Math.sqrt(width) })],
  activations: [modelSpec('logistic')],
});

/** χ as the ratio of successive gradient variances: what a layer deep inside makes of the one above. */
function gradientRatio(of: DepthSpec, layer: number): Estimate {
  const records = recordsOfCell(wasm, planDepth(of));
  const gradient = (l: number) => records.map((record) => record[(l - 1) * LAYER_FIELDS + RECORD.gradient] as number);
  return jackknifeRatio(gradient(layer - 1), gradient(layer));
}

/** Gains and χ at the fixed point of the logistic. */
const FIGURES = [
  ['standard_uniform', Math.sqrt(1 / 3), 0.020008],
  ['LeCun and Glorot', 1, 0.055721],
  ['He', Math.SQRT2, 0.100977],
  ['Glorot × 4', 4, 0.398879],
] as const;

/** |t₃₁| > 4.5: 9e-5; ten comparisons. */
const ERRORS = 4.5;

describe('χ of logistic networks', () => {
  it.each(FIGURES)('%s, gain %f: %f at width 1024, within errors', (_, gain, chi) => {
    const { value, mcse } = gradientRatio(spec(gain, 1024, 64), 7);
    expect(Math.abs((value ?? 0) - chi)).toBeLessThan(ERRORS * (mcse ?? 0));
    expect(mcse).toBeLessThan(0.01 * chi);
  });

  it.each(FIGURES)('%s: off at width 8, where infinite width is too far (negative control)', (_, gain, chi) => {
    // The same test, and it must fail.
    const { value, mcse } = gradientRatio(spec(gain, 8, 32_768), 7);
    expect(Math.abs((value ?? 0) - chi)).toBeGreaterThan(ERRORS * (mcse ?? 0));
  });

  // |t₃₁| > 4.5 three times: 3e-4. Corrections of order 1/n are smaller than these errors.
  it('is 1 at the critical gain 10.149264, and gradients keep their size over 40 layers, within errors', () => {
    const critical = criticalGain(LOGISTIC)?.gain ?? 0;
    const scores = (gain: number) => {
      const rows = layersOf(wasm, spec(gain, 1024, 32, 40));
      const score = (name: string, layer: number, truth: number) =>
        Math.abs(rows.at(name, layer) - truth) / rows.at(`${name}_mcse`, layer);
      return [score('chi', 40, 1), score('grad_var', 1, 1), score('grad_log_var', 1, 0)];
    };
    for (const score of scores(critical)) expect(score).toBeLessThan(ERRORS);
    // The same at a gain that is 5% less (negative control).
    for (const score of scores(0.95 * critical)) expect(score).toBeGreaterThan(ERRORS);
  });
});

describe('the Jacobian', () => {
  it.each([
    ['normal', { std: 4 / Math.sqrt(128) }],
    ['orthogonal', { gain: 4 }],
  ] as const)(
    'has mean square χ^L where q is at its fixed point from the first layer on: %s',
    (initializer, params) => {
      const fixed = fixedPoint({ activation: LOGISTIC, beta: 1, weightVariance: 16, biasVariance: 0 }, 16);
      const { q = 0, chi = 0 } = fixed ?? {};
      expect(chi).toBeCloseTo(0.398879, 6);
      const rows = layersOf(wasm, {
        ...{ ...spec(4, 128, 64, 6), jacobian: true },
        inputs: [inputSpec('normal', { std: Math.sqrt(q / 16) }, false)],
        initializers: [modelSpec(initializer, params)],
      });
      const [value, mcse] = [rows.at('jac_mean_sq', 6), rows.at('jac_mean_sq_mcse', 6)];
      expect(rows.at('jac_mean_sq_theory', 6) / chi ** 6).toBeCloseTo(1, 8);
      expect(Math.abs(value - chi ** 6)).toBeLessThan(ERRORS * mcse);
      // One layer more or less is noticed (negative control).
      for (const power of [5, 7]) expect(Math.abs(value - chi ** power)).toBeGreaterThan(2 * ERRORS * mcse);
    },
  );
});
