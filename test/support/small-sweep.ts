import { type LoadedSweep, sweepFromObject } from '../../src/config/load.ts';

/** A sweep that takes a tenth of a second, with `changes` to its keys. */
export function smallSweep(changes: Readonly<Record<string, unknown>> = {}): Promise<LoadedSweep> {
  return sweepFromObject({
    name: 'small',
    seed: 'unit',
    fanIn: [1, 16],
    inputs: ['normal', 'uniform'],
    initializers: ['standard_uniform', 'zeros', 'he_normal'],
    activations: ['logistic'],
    samples: 4096,
    ...changes,
  });
}
