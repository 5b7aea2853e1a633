import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runTraining, shippedPlan, trainingPlan } from '../../support/training.ts';

/** A claim's config with parts of its text exchanged. */
function changed(name: string, ...parts: readonly (readonly [RegExp, string])[]): string {
  return parts.reduce(
    (text, [from, to]) => {
      expect(text).toMatch(from);
      return text.replace(from, to);
    },
    readFileSync(`configs/claims/${name}.yaml`, 'utf8'),
  );
}

/** Blocks, of one network each: statements about every network need no many. */
const FEW = 6;

const gap = (row: Record<string, number>) => row['loss_gap'] ?? Number.NaN;

describe('C7: the slope is a learning rate, reparametrised', () => {
  it('is equal to 1e-10 over 200 steps, and is not when a part is left out', async () => {
    const plan = await shippedPlan('configs/claims/C7.yaml');
    const { arm } = runTraining(plan);
    // One network a block: the gap is that of single networks at every step.
    expect([plan.blockSamples, plan.spec.steps, plan.spec.record.length]).toEqual([1, 200, 201]);
    expect(gap(arm('reparametrised'))).toBeGreaterThan(0);
    expect(gap(arm('reparametrised'))).toBeLessThan(1e-10);
    for (const wrong of ['rate times slope', 'weights not rescaled', 'rate times slope with rescaled weights'])
      expect(gap(arm(wrong))).toBeGreaterThan(1);
  });

  it('holds for AdamW with ε and decay over β', async () => {
    const { arm } = runTraining(await shippedPlan('configs/claims/C7-adam.yaml'));
    expect(gap(arm('reparametrised'))).toBeLessThan(1e-10);
    expect(gap(arm('same epsilon'))).toBeGreaterThan(0.01);
    expect(gap(arm('weights not rescaled'))).toBeGreaterThan(0.01);
  });

  it('is equal to the bit where β is a power of two', async () => {
    const arms = [
      { name: 'slope', beta: 2, learningRate: 0.5, l2: 0.004 },
      { name: 'rate', beta: 1, learningRate: 2, scale: 2, biasStd: 0.5, l2: 0.001 },
    ];
    const plan = await trainingPlan({
      name: 'two',
      experiment: 'training',
      data: { kind: 'spirals', points: 40 },
      network: { hidden: [6, 5] },
      steps: 100,
      target: 0.1,
      common: { initializer: 'lecun_normal', biasStd: 0.25, momentum: 0.75 },
      arms,
      samples: 32,
    });
    expect(gap(runTraining(plan, 4).arm('rate'))).toBe(0);
  });
});

describe('C8: zero weights', () => {
  it('thaw one layer a step from the top, and keep the units of a layer identical to the bit', async () => {
    const { of, arm } = runTraining(await trainingPlan(changed('C8')), FEW);
    const logistic = of('zeros logistic');
    const first = (rows: Record<string, number>[]) => rows.slice(0, 4).map((row) => row['first_gradient_step']);
    expect(first(logistic)).toEqual([3, 2, 1, 0]);
    const hidden = logistic.filter((row) => row['layer'] !== 4);
    expect(hidden.every((row) => row['unit_spread'] === 0)).toBe(true);
    expect(hidden.slice(-3).map((row) => row['rank'])).toEqual([1, 1, 1]);
    for (const row of of('zeros tanh')) {
      expect([row['gradient_norm'], row['weight_change'], row['moved'], row['rank']]).toEqual([0, 0, 0, 0]);
      expect(row['first_gradient_step']).toBeNaN();
    }
    // Negative control: a random start has a spread, full rank, and learns.
    const random = of('random logistic').filter((row) => row['layer'] === 2);
    expect(random.every((row) => (row['unit_spread'] ?? 0) > 1 && row['rank'] === 8)).toBe(true);
    expect(first(of('random logistic'))).toEqual([0, 0, 0, 0]);
    const loss = (name: string) => arm(name)['final_loss'] ?? Number.NaN;
    // The entropy of the shares of the classes: the best that a constant can do.
    const share = 0.375;
    const entropy = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
    expect(loss('zeros logistic')).toBeCloseTo(entropy, 6);
    expect(loss('random logistic')).toBeLessThan(0.01);
  });

  it('never move with as many examples of either class: every gradient is exactly 0', async () => {
    const { of, arm } = runTraining(await trainingPlan(changed('C8-balanced')), FEW);
    for (const name of ['zeros logistic', 'zeros tanh']) {
      for (const row of of(name)) expect([row['gradient_norm'], row['weight_change']]).toEqual([0, 0]);
      expect(arm(name)['final_loss']).toBeCloseTo(Math.LN2, 13);
    }
  });
});
