import { describe, expect, it } from 'vitest';
import { planDepth } from '../../../src/depth/depth-plan.ts';
import { networkKeys } from '../../../src/depth/network-job.ts';
import { KERNEL_VERSION } from '../../../src/kernel/kernel.ts';
import { streamKey } from '../../../src/random/stream.ts';
import { inputId } from '../../../src/sweep/input-id.ts';
import { DEPTH_SPEC, FIRST, inputSpec, modelSpec } from '../../support/depth.ts';

const plan = planDepth({
  ...DEPTH_SPEC,
  width: [32, 64],
  inputs: [inputSpec('normal'), inputSpec('uniform')],
  initializers: ['standard_uniform', 'he_uniform', 'he_normal', 'orthogonal'].map((kind) => modelSpec(kind)),
  activations: [modelSpec('tanh'), modelSpec('relu')],
  beta: [1, 2],
});

const keysOf = (cell: Partial<typeof FIRST>, block = 0, seed = 's') =>
  networkKeys(plan, { ...FIRST, ...cell }, seed)(block);
const networkOf = (label: string): number => plan.networks.findIndex((network) => network.label === label);

describe('the streams of a network', () => {
  it('are shared by scales, activations and slopes of one shape', () => {
    const first = keysOf({ network: networkOf('standard_uniform tanh β=1') });
    for (const label of ['he_uniform tanh β=1', 'standard_uniform relu β=1', 'he_uniform relu β=2'])
      expect(keysOf({ network: networkOf(label) })).toEqual(first);
  });

  it('other shapes have other weights, and the same inputs and gradients', () => {
    const first = keysOf({ network: networkOf('standard_uniform tanh β=1') });
    for (const label of ['he_normal tanh β=1', 'orthogonal tanh β=1']) {
      const other = keysOf({ network: networkOf(label) });
      expect(other.weights).not.toEqual(first.weights);
      expect(other).toMatchObject({ inputs: first.inputs, gradients: first.gradients, biases: first.biases });
    }
  });

  it('are all different otherwise: parts, widths, inputs, blocks, seeds', () => {
    const every = [keysOf({}), keysOf({ width: 1 }), keysOf({}, 1), keysOf({}, 0, 't')].flatMap((keys) =>
      Object.values(keys),
    );
    every.push(keysOf({ input: 1 }).inputs, keysOf({ network: networkOf('he_normal tanh β=1') }).weights);
    expect(new Set(every.map(String)).size).toBe(every.length);
  });

  it('are none of a layer’s, whatever its side', () => {
    const own = new Set(Object.values(keysOf({})).map(String));
    for (const band of [1, 16, 32, 64])
      for (const [role, id] of [
        ['weights', 'uniform'],
        ['weights', 'normal'],
        ['inputs', inputId(inputSpec('normal'))],
      ] as const)
        expect(own.has(String(streamKey({ kernel: KERNEL_VERSION, seed: 's', role, id, band, block: 0 })))).toBe(false);
  });
});
