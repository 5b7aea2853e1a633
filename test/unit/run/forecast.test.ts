import { expect, it } from 'vitest';
import { loadSweep } from '../../../src/config/load.ts';
import { runsAlone } from '../../../src/execute/runs-alone.ts';
import { forecast } from '../../../src/run/forecast.ts';
import { planSweep } from '../../../src/sweep/plan.ts';
import { layerSweep } from '../../support/layer-sweep.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const CELLS = {
  ...{ fanIn: 4096, initializers: ['sign'], samples: 8192, blocks: 32 },
  ...{ activations: ['logistic', 'tanh'], beta: { from: 0.01, to: 10, count: 1000, scale: 'log' } },
};

it.each([
  ['uniform', true],
  ['rademacher', false],
])('counts worker threads where a run has them, however fast this machine is: %s', async (input, alone) => {
  const { spec, datasets } = await smallSweep({ ...CELLS, inputs: [input] });
  const plan = planSweep(spec, datasets);
  expect([runsAlone(plan, 1), runsAlone(plan, 2)]).toEqual([true, alone]);
  const memory = (threads: number) => forecast(plan, datasets, threads, 2).memoryBytes;
  expect(memory(2) - memory(1)).toBe(alone ? 0 : 2 * 28e6);
});

// Bytes of the files that runs of these configs leave.
it.each([
  ['smoke', 5_189_050, 161_946],
  ['gold-rule', 71_967_306, 12_090_858],
  ['reference', 21_203_506, 1_590_346],
])('predicts the size of files within a tenth: %s', async (name, tallies, estimates) => {
  const { spec, datasets } = layerSweep(await loadSweep(`configs/${name}.yaml`));
  const { tallyFileBytes, estimateFileBytes } = forecast(planSweep(spec, datasets), datasets, 1, 2);
  expect(Math.abs(tallyFileBytes / tallies - 1)).toBeLessThan(0.1);
  expect(Math.abs(estimateFileBytes / estimates - 1)).toBeLessThan(0.1);
});
