import { KERNEL_VERSION } from '../kernel/kernel.ts';
import type { NetworkJob, NetworkKeys } from '../kernel/network.ts';
import type { Activation } from '../model/activations.ts';
import type { ResolvedInitializer } from '../model/initializers.ts';
import type { Input } from '../model/inputs.ts';
import type { InputSpec } from '../model/spec.ts';
import { blockStream } from '../random/stream.ts';
import { inputId } from '../sweep/input-id.ts';
import type { DepthCell, DepthPlan, Network } from './depth-plan.ts';

/** What a cell is made of. */
export function partsOf(plan: DepthPlan, { input, width, network }: DepthCell) {
  const series = plan.networks[network] as Network;
  return {
    width: plan.spec.width[width] as number,
    input: plan.inputs[input] as Input,
    initializer: plan.initializers[series.initializer] as ResolvedInitializer,
    activation: plan.activations[series.activation] as Activation,
    beta: series.beta,
  };
}

/** What the kernel simulates for a cell. */
export function networkJob(plan: DepthPlan, cell: DepthCell): NetworkJob {
  const { width, input, initializer, activation, beta } = partsOf(plan, cell);
  const { depth, batch, correlation, biasStd, jacobian, saturation } = plan.spec;
  const { sampler, kind } = initializer.shape;
  const scale = initializer.scale(width, width);
  const orthogonal = kind === 'orthogonal';
  return {
    ...{ width, depth, batch, correlation, biasStd, jacobian },
    weights: orthogonal ? sampler : { ...sampler, scale: sampler.scale * scale },
    orthogonalGain: orthogonal ? scale * Math.sqrt(width) : null,
    inputs: input.sampler,
    code: activation.code,
    param: activation.param,
    beta,
    threshold: beta * saturation * activation.maxDerivative,
  };
}

/**
 * The keys of a cell's blocks. They hold shape, input and width, and neither scale nor activation nor slope: networks of one shape share
 * their draws, all of one width their inputs and gradients. Every identity is an object that names the experiment, so
 * that none is one of a layer's.
 */
export function networkKeys(plan: DepthPlan, cell: DepthCell, seed: string): (block: number) => NetworkKeys {
  const { width, initializer } = partsOf(plan, cell);
  const stream = (role: 'weights' | 'inputs', part: string, of: unknown) =>
    blockStream({ kernel: KERNEL_VERSION, seed, role, id: { experiment: 'depth', part, of }, band: width });
  const weights = stream('weights', 'weights', initializer.shape.kind);
  const biases = stream('weights', 'biases', null);
  const inputs = stream('inputs', 'inputs', inputId(plan.spec.inputs[cell.input] as InputSpec));
  const gradients = stream('inputs', 'gradients', null);
  return (block) => ({
    weights: weights(block),
    biases: biases(block),
    inputs: inputs(block),
    gradients: gradients(block),
  });
}
