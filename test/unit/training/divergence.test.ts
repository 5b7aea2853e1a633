import { describe, expect, it } from 'vitest';
import { simulateArm } from '../../../src/training/simulate-arm.ts';
import { trainingPlan } from '../../support/training.ts';

const CONFIG = {
  name: 'divergence',
  experiment: 'training',
  data: { kind: 'xor', points: 30 },
  network: { hidden: [5, 4] },
  batch: 7,
  steps: 30,
  target: 0.5,
  common: { initializer: 'glorot_uniform', activation: 'tanh' },
  arms: [{ learningRate: [0.5, 1e4] }],
  samples: 96,
};

/** Outcomes of the replicates of one block: steps to the target, final loss, diverged. */
async function outcomes(arm: number, changes: object) {
  const plan = await trainingPlan({ ...CONFIG, ...changes });
  const record = simulateArm(plan, { arm, block: 0 }, () => {});
  return [0, 1, 2].map((r) => [...record.subarray(r * 8, r * 8 + 3)] as [number, number, number]);
}

describe('divergence with mini-batches', () => {
  it('is measured by the first loss, whether or not that is recorded', async () => {
    for (const record of [
      [10, 30],
      [0, 10, 30],
    ]) {
      for (const [, loss, diverged] of await outcomes(1, { record })) {
        expect(loss).toBeGreaterThan(100);
        expect(diverged).toBe(1);
      }
      // Negative control: a rate that learns.
      for (const [, loss, diverged] of await outcomes(0, { record })) {
        expect(loss).toBeLessThan(1);
        expect(diverged).toBe(0);
      }
    }
  });

  it('a target that the start is under is reached at step 0', async () => {
    for (const [reached] of await outcomes(0, { record: [10, 30], target: 1e6 })) expect(reached).toBe(0);
  });
});
