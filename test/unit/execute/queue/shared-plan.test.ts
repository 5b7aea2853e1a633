import { describe, expect, it } from 'vitest';
import { isSweep } from '../../../../src/config/config-of.ts';
import { sweepFromObject } from '../../../../src/config/load.ts';
import { sharedPlan } from '../../../../src/execute/queue/shared-plan.ts';
import { planOf } from '../../../../src/experiment/plan-of.ts';
import type { TrainingSpec } from '../../../../src/model/training-spec.ts';

const LAYER = { name: 'shared', fanIn: [1, 16], initializers: ['he_normal'], activations: ['relu'], samples: 4096 };
const FILE = { kind: 'empirical', file: 'data/michelson.csv', column: 'speed' };
const DEPTH = { experiment: 'depth', name: 'deep', width: [8], depth: 2, initializers: ['he_normal'], samples: 64 };
const TRAINING = {
  ...{ experiment: 'training', name: 'trained', network: { hidden: [4] }, loss: 'cross_entropy', batch: 8, steps: 4 },
  ...{ target: 0.1, common: { activation: 'tanh', learningRate: 0.1 }, arms: [{ initializer: 'he_normal' }] },
};
const BIRDS = { file: 'data/penguins.csv', target: 'species' };
const precision = { statistic: 'z_var', relative: 0.01, maxSamples: 65536 };

const load = async (config: object) => {
  const { spec, datasets } = await sweepFromObject(config, { directory: 'configs' });
  return { plan: planOf(spec, datasets), datasets };
};

describe('a plan as others see it', () => {
  it.each([
    { ...LAYER, inputs: ['normal', FILE, { ...FILE, standardize: false }] },
    { ...LAYER, inputs: ['normal', FILE], precision: { ...precision, cells: { fanIn: [16] } } },
    { ...DEPTH, activations: ['tanh'], inputs: ['normal', FILE, { ...FILE, standardize: false }] },
  ])('names no data file, and is the same else', async (config) => {
    const { plan, datasets } = await load(config);
    expect(JSON.stringify(plan.spec)).toContain('michelson');
    const shared = sharedPlan(plan, datasets);
    expect(JSON.stringify(shared)).not.toContain('michelson');
    expect(isSweep(JSON.parse(JSON.stringify(shared.spec)))).toBe(true);
    expect(shared.draws).toBe(plan.draws);
    expect(new Set(shared.grid.inputs).size).toBe(plan.grid.inputs.length);
    expect({ ...shared.grid, inputs: [] }).toEqual({ ...plan.grid, inputs: [] });
  });

  it('names no file of examples either', async () => {
    const { plan, datasets } = await load({ ...TRAINING, data: { kind: 'file', ...BIRDS } });
    const { spec } = sharedPlan(plan, datasets);
    const { data, ...rest } = plan.spec as TrainingSpec;
    expect(data).toMatchObject(BIRDS);
    expect(spec).toEqual({ ...rest, data: { ...data, file: 'data' } });
    expect(isSweep(JSON.parse(JSON.stringify(spec)))).toBe(true);
  });

  it('is the plan itself where there are no files', async () => {
    const { plan, datasets } = await load({ ...LAYER, inputs: ['normal'] });
    expect(sharedPlan(plan, datasets)).toBe(plan);
  });
});
