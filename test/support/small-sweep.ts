import { type LoadedSweep, sweepFromObject } from '../../src/config/load.ts';
import type { SweepSpec } from '../../src/model/spec.ts';
import { layerSweep } from './layer-sweep.ts';

/** A sweep that takes a tenth of a second, with `changes` to its keys. */
export async function smallSweep(changes: Readonly<Record<string, unknown>> = {}): Promise<LoadedSweep<SweepSpec>> {
  const sweep = await sweepFromObject({
    name: 'small',
    seed: 'unit',
    fanIn: [1, 16],
    inputs: ['normal', 'uniform'],
    initializers: ['standard_uniform', 'zeros', 'he_normal'],
    activations: ['logistic'],
    samples: 4096,
    ...changes,
  });
  return layerSweep(sweep);
}
