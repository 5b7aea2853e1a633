import { expect, it } from 'vitest';
import { depthSchema } from '../../../src/config/depth-schema.ts';
import { sweepSchema } from '../../../src/config/sweep-schema.ts';
import { trainingKeys, trainingSchema } from '../../../src/config/training-schema.ts';
import type { ArmConfig, DepthConfig, SweepConfig, TrainingConfig } from '../../../src/index.ts';

const COMMON = {
  $schema: 0,
  name: 0,
  seed: 0,
  experiment: 0,
  samples: 0,
  blocks: 0,
  saturation: 0,
  claim: 0,
  expect: 0,
};
const MODELS = { inputs: 0, initializers: 0, activations: 0, beta: 0 };
const LAYER = { ...COMMON, ...MODELS, fanIn: 0, fanOut: 0, precision: 0 };
const DEPTH = { ...COMMON, ...MODELS, width: 0, depth: 0, batch: 0, correlation: 0, biasStd: 0, jacobian: 0 };
const TRAINING = {
  ...{ ...COMMON, data: 0, network: 0, loss: 0, batch: 0, steps: 0, record: 0 },
  ...{ target: 0, divergence: 0, common: 0, arms: 0, baseline: 0 },
};
const ARM = {
  ...{ name: 0, initializer: 0, activation: 0, optimizer: 0, scale: 0, biasStd: 0, beta: 0, learningRate: 0 },
  ...{ momentum: 0, l2: 0, decay: 0, epsilon: 0, firstMoment: 0, secondMoment: 0, inflated: 0, inflation: 0 },
};

/** Whether two types have the same keys: where they have not, the line below does not compile. */
type Same<A, B> = keyof A extends keyof B ? (keyof B extends keyof A ? true : false) : false;
const SAME: [
  Same<typeof LAYER, SweepConfig>,
  Same<typeof DEPTH, DepthConfig>,
  Same<typeof TRAINING, TrainingConfig>,
  Same<typeof ARM, ArmConfig>,
] = [true, true, true, true];

it.each([
  ['layer', LAYER, sweepSchema().shape],
  ['depth', DEPTH, depthSchema().shape],
  ['training', TRAINING, trainingSchema().shape],
  ['an arm', ARM, trainingKeys().arms.element.shape],
])('the types of configs have the keys of the schema: %s', (_, keys, shape) => {
  expect(SAME).not.toContain(false);
  expect(Object.keys(keys).sort()).toEqual(Object.keys(shape).sort());
});
