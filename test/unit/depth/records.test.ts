import { describe, expect, it } from 'vitest';
import { depthCost } from '../../../src/depth/depth-cost.ts';
import { planDepth } from '../../../src/depth/depth-plan.ts';
import { deriveLayers } from '../../../src/depth/derive-layers.ts';
import { depthRecordLength } from '../../../src/depth/layer-record.ts';
import { simulateDepth } from '../../../src/depth/simulate-depth.ts';
import { ReferenceKernel } from '../../../src/kernel/reference.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { DEPTH_SPEC, FIRST, inputSpec, layerRows, modelSpec, recordsOfCell } from '../../support/depth.ts';

const wasm = new WasmKernel();
const SPEC = { ...DEPTH_SPEC, width: [12], batch: 16, samples: 70, jacobian: true, biasStd: 0.1 };
const plan = planDepth(SPEC);

describe('records of a block', () => {
  it('have the length that the plan fixes, and the same bytes from both kernels, in any order', () => {
    expect(plan.blockSamples).toBe(3);
    const all = recordsOfCell(wasm, plan);
    const reference = new ReferenceKernel();
    for (const block of [31, 0, 7]) {
      const again = simulateDepth(wasm, plan, { ...FIRST, block }, () => {});
      expect(again).toHaveLength(depthRecordLength(plan.spec));
      expect(Buffer.from(again.buffer)).toEqual(Buffer.from((all[block] as Float64Array).buffer));
      const other = simulateDepth(reference, plan, { ...FIRST, block }, () => {});
      expect(Buffer.from(again.buffer)).toEqual(Buffer.from(other.buffer));
    }
  });

  it('beat after every network', () => {
    let beats = 0;
    simulateDepth(wasm, plan, { ...FIRST, block: 0 }, () => beats++);
    expect(beats).toBe(3);
  });

  it('stay what they are when blocks are added, and change with the seed', () => {
    const more = planDepth({ ...SPEC, samples: 140, blocks: 64 });
    const [one, two] = [plan, more].map((of) => simulateDepth(wasm, of, { ...FIRST, block: 3 }, () => {}));
    expect(two).toEqual(one);
    expect(more.hash).not.toBe(plan.hash);
    expect(more.draws).toBe(plan.draws);
    const other = planDepth({ ...SPEC, seed: 'other' });
    expect(simulateDepth(wasm, other, { ...FIRST, block: 3 }, () => {})).not.toEqual(one);
  });
});

describe('rows of a cell', () => {
  const records = recordsOfCell(wasm, plan);

  it('survive blocks that are missing', () => {
    const some = records.map((record, block) => (block % 4 === 0 ? null : record));
    const rows = layerRows(deriveLayers(plan, FIRST, some));
    expect(rows.at('blocks', 1)).toBe(24);
    expect(rows.at('replicates', 3)).toBe(72);
    expect(rows.at('samples', 3)).toBe(72 * 12 * 16);
    expect(rows.at('z_var_mcse', 2)).toBeGreaterThan(0);
  });

  it('of fewer than two blocks hold axes and theory alone', () => {
    for (const few of [[], [null, null], [records[0] as Float64Array]]) {
      const rows = layerRows(deriveLayers(plan, FIRST, few));
      expect(rows.at('layer', 2)).toBe(2);
      expect(rows.at('z_var', 2)).toBeNaN();
      expect(rows.at('z_var_theory', 2)).toBeGreaterThan(0);
    }
  });

  it('have no theory where z tends to no Gaussian', () => {
    const other = planDepth({
      ...SPEC,
      inputs: [inputSpec('equicorrelated', { rho: 0.5 })],
      initializers: [modelSpec('he_normal'), modelSpec('ones')],
    });
    for (const network of [0, 1]) {
      const rows = layerRows(deriveLayers(other, { ...FIRST, network }, []));
      for (const column of ['z_var_theory', 'chi_fixed', 'jac_mean_sq_theory']) expect(rows.at(column, 3)).toBeNaN();
    }
  });
});

describe('depthCost', () => {
  it('grows with width, depth, batch and the Jacobian', () => {
    const of = (change: object): number => depthCost(planDepth({ ...SPEC, jacobian: false, ...change }), FIRST);
    const base = of({});
    for (const change of [{ width: [64] }, { depth: 9 }, { batch: 64 }, { jacobian: true }, { samples: 640 }])
      expect(of(change)).toBeGreaterThan(base);
  });
});
