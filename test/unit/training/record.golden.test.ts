import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { simulateArm } from '../../../src/training/simulate-arm.ts';
import { trainingPlan } from '../../support/training.ts';

const COMMON = { name: 'golden', experiment: 'training', steps: 40, target: 0.3, samples: 96 };
const arms = [
  { initializer: 'glorot_normal', activation: 'tanh', learningRate: 0.5, biasStd: 0.1, inflated: 0.5, inflation: 3 },
  { initializer: 'orthogonal', activation: 'gelu', learningRate: 0.02, optimizer: 'adam' },
  { initializer: 'truncated_normal', activation: 'logistic', learningRate: 1, momentum: 0.9, l2: 0.001 },
];
const CONFIGS = {
  spirals: { ...COMMON, data: { kind: 'spirals', points: 30 }, network: { hidden: [6, 5] }, batch: 8, arms },
  teacher: {
    ...COMMON,
    data: { kind: 'teacher', points: 25, inputs: 7, noise: 0.1, labels: 'values' },
    network: { hidden: [9] },
    loss: 'mse',
    arms,
  },
} as const;

/** Changing one of these needs a "changes values" line in the changelog and a new kernel version. */
const GOLDEN = {
  spirals: '9d865701336a5764af60ac50e6ebf1e8fa62660c9e0549d8a09d9024a1ad2b15',
  teacher: '3b80ced749751890d3d5c218b060ae31e056c6c3a5871486c78ef04fc828ab37',
};

describe('records of training', () => {
  it.each(Object.keys(GOLDEN) as (keyof typeof GOLDEN)[])('%s: the same bytes as ever', async (name) => {
    const plan = await trainingPlan(CONFIGS[name]);
    const hash = createHash('sha256');
    plan.arms.forEach((_, arm) => {
      hash.update(new Uint8Array(simulateArm(plan, { arm, block: 1 }, () => {}).buffer));
    });
    expect(hash.digest('hex')).toBe(GOLDEN[name]);
  });
});
