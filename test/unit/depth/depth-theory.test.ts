import { describe, expect, it } from 'vitest';
import { type DepthPlan, planDepth } from '../../../src/depth/depth-plan.ts';
import { depthTheory } from '../../../src/depth/depth-theory.ts';
import { LAYER_FIELDS, RECORD } from '../../../src/depth/layer-record.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import type { Activation } from '../../../src/model/activations.ts';
import type { DepthSpec } from '../../../src/model/depth-spec.ts';
import { log } from '../../../src/numeric/elementary.ts';
import { normalCdf } from '../../../src/numeric/special.ts';
import { DEPTH_SPEC, FIRST, inputSpec, modelSpec, recordsOfCell } from '../../support/depth.ts';

/** A plan whose activation counts how often it is evaluated. */
function counting(change: object): { readonly plan: DepthPlan; readonly calls: () => number } {
  const plan = planDepth({ ...DEPTH_SPEC, activations: [modelSpec('tanh')], correlation: 0.5, ...change });
  let calls = 0;
  const activation = plan.activations[0] as Activation;
  const value = (u: number): number => {
    calls++;
    return activation.value(u);
  };
  return { plan: { ...plan, activations: [{ ...activation, value }] }, calls: () => calls };
}

describe('the theory of a cell', () => {
  it('is computed once for networks that differ in width', () => {
    const { plan, calls } = counting({ width: [16, 64, 256] });
    depthTheory(plan, FIRST);
    const first = calls();
    for (const width of [1, 2]) depthTheory(plan, { ...FIRST, width });
    expect(calls() - first).toBeLessThan(0.01 * first);
  });

  it('has the mass of both tails to its last digits', () => {
    const beta = 0.4;
    const plan = planDepth({ ...DEPTH_SPEC, activations: [modelSpec('logistic')], beta: [beta] });
    // |βz| > 2·arcosh(0.1^−½), at 9.1 standard deviations.
    const tail = 2 * normalCdf((-2 * Math.acosh(Math.sqrt(10))) / beta);
    expect((depthTheory(plan, FIRST).layers[0]?.saturated ?? 0) / tail).toBeCloseTo(1, 12);
  });

  it('takes no longer once q and the correlation have settled', () => {
    const [shallow, deep] = [100, 400].map((depth) => {
      const { plan, calls } = counting({ depth, initializers: [modelSpec('standard_uniform')], biasStd: 0.5 });
      const { layers } = depthTheory(plan, FIRST);
      expect(layers).toHaveLength(depth);
      expect(layers.at(-1)?.z_var).toBeCloseTo(layers[90]?.z_var ?? 0, 12);
      return calls();
    });
    expect(deep).toBe(shallow);
  });
});

describe('Var ln of the mean square of z', () => {
  it.each([
    ['he_normal', 'relu'],
    ['orthogonal', 'relu'],
    ['lecun_normal', 'identity'],
    ['lecun_normal', 'tanh'],
  ])('is what theory says where all inputs are one, and less in a mixed batch: %s %s', (initializer, activation) => {
    // One network a block. The estimate's own relative error is √(2/511) = 6%, and more where tails are not normal; theory is of order 1/n.
    const blocks = 512;
    const ratio = (inputs: DepthSpec['inputs']): number => {
      const plan = planDepth({
        ...{ ...DEPTH_SPEC, inputs, width: [32], depth: 12, batch: 16, samples: blocks, blocks },
        ...{ initializers: [modelSpec(initializer)], activations: [modelSpec(activation)] },
      });
      const logs = recordsOfCell(new WasmKernel(), plan).map((record) =>
        log(record[11 * LAYER_FIELDS + RECORD.zSquare] as number),
      );
      const mean = logs.reduce((sum, x) => sum + x, 0) / blocks;
      const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (blocks - 1);
      return variance / (depthTheory(plan, FIRST).logVariances[11]?.z ?? Number.NaN);
    };
    const [one, mixed] = [ratio([inputSpec('constant', { value: 1 }, false)]), ratio([inputSpec('normal')])];
    expect(one).toBeGreaterThan(0.7);
    expect(one).toBeLessThan(1.3);
    expect(mixed).toBeLessThan(one);
    expect(mixed).toBeGreaterThan(0.1);
  });
});
