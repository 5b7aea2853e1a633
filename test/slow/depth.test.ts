import { describe, expect, it } from 'vitest';
import { planDepth } from '../../src/depth/depth-plan.ts';
import { LAYER_FIELDS, RECORD } from '../../src/depth/layer-record.ts';
import { WasmKernel } from '../../src/kernel/wasm.ts';
import { resolveActivation } from '../../src/model/activations.ts';
import type { DepthSpec } from '../../src/model/depth-spec.ts';
import { type Estimate, jackknifeRatio } from '../../src/stats/jackknife.ts';
import { criticalGain } from '../../src/theory/critical-gain.ts';
import { fixedPoint } from '../../src/theory/fixed-point.ts';
import { DEPTH_SPEC, layersOf, modelSpec, recordsOfCell } from '../support/depth.ts';

const wasm = new WasmKernel();

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

/** Of SCIENCE.md, depth: gains and χ at the fixed point. */
const FIGURES = [
  ['the article', Math.sqrt(1 / 3), 0.020008],
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

  it.each(FIGURES)('%s: off at width 32, where infinite width is too far (negative control)', (_, gain, chi) => {
    // The same test, and it must fail.
    const { value, mcse } = gradientRatio(spec(gain, 32, 65_536), 7);
    expect(Math.abs((value ?? 0) - chi)).toBeGreaterThan(ERRORS * (mcse ?? 0));
  });

  it('is 1 at the critical gain 10.149264, and gradients keep their size over 40 layers', () => {
    const gain = criticalGain(resolveActivation({ kind: 'logistic', params: {} }))?.gain ?? 0;
    const rows = layersOf(wasm, spec(gain, 512, 64, 40));
    expect(Math.abs(rows.at('chi', 40) - 1)).toBeLessThan(0.03);
    // 40 layers of 0.8 times the gain: χ = .70, ln χ·39 = −14.
    expect(Math.abs(rows.at('grad_log_var', 1))).toBeLessThan(2);
    expect(rows.at('c_star', 1)).toBeLessThanOrEqual(1);
  });
});

describe('the Jacobian', () => {
  it('has mean square ∏χ(q_l), and χ^L once q has settled', () => {
    for (const [initializer, params] of [
      ['normal', { std: 4 / 16 }],
      ['orthogonal', { gain: 4 }],
    ] as const) {
      const of: DepthSpec = {
        ...{ ...spec(4, 256, 64, 6), jacobian: true },
        initializers: [modelSpec(initializer, params)],
      };
      const rows = layersOf(wasm, of);
      const [value, mcse, theory] = ['', '_mcse', '_theory'].map((part) => rows.at(`jac_mean_sq${part}`, 6)) as [
        number,
        number,
        number,
      ];
      expect(Math.abs(value - theory)).toBeLessThan(ERRORS * mcse + 0.02 * theory);
      const chi =
        fixedPoint(
          {
            activation: resolveActivation({ kind: 'logistic', params: {} }),
            beta: 1,
            weightVariance: 16,
            biasVariance: 0,
          },
          16,
        )?.chi ?? 0;
      expect(chi).toBeCloseTo(0.398879, 6);
      // The first layers see q on its way to q*.
      expect(theory / chi ** 6).toBeGreaterThan(0.5);
      expect(theory / chi ** 6).toBeLessThan(1.5);
    }
  });
});
