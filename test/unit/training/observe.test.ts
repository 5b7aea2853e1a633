import { describe, expect, it } from 'vitest';
import { LAYER_SUMS, OUTCOMES, outcomeAt, recordLayout, STEP_SUMS, stepAt } from '../../../src/training/arm-record.ts';
import { Network } from '../../../src/training/network.ts';
import { Observer } from '../../../src/training/observe.ts';
import { outputLoss } from '../../../src/training/output-loss.ts';
import { simulateArm } from '../../../src/training/simulate-arm.ts';
import type { Arm } from '../../../src/training/training-plan.ts';
import { trainingPlan } from '../../support/training.ts';

const CONFIG = {
  name: 'looks',
  experiment: 'training',
  data: { kind: 'xor', points: 2 },
  network: { hidden: [2] },
  steps: 1,
  target: 1,
  common: { activation: 'tanh', learningRate: 1 },
  arms: [{ initializer: 'normal', inflated: 0.5, inflation: 3 }],
};

describe('Observer', () => {
  it('finds what a hand finds in a network of two hidden units', async () => {
    const plan = await trainingPlan(CONFIG);
    const { layers, classes, outputs } = plan;
    const arm = plan.arms[0] as Arm;
    const shape = { activation: arm.activation, beta: 1, output: 'logistic', loss: 'cross_entropy' } as const;
    const network = new Network({ ...shape, layers, classes }, 2);
    expect(outputs).toBe(1);
    // Weights of two units of two inputs, their biases, the weights of the output, its bias.
    network.theta.set([3, 4, 0, 0, 0.5, 0.25, 1, 2, 0]);
    const initial = Float64Array.of(0, 0, 0, 1, 0.5, 0.25, 1, 5, 9);
    network.gradient.set([3, 4, 0, 12, 9, 9, 1, 2, 7]);
    // Of two examples; a tenth of the largest derivative, 1, is the threshold, and a tenth of a quarter for p(1 − p) of the output.
    network.derivatives[0]?.set([1, 0.05, 0.5, 0.01]);
    network.outputs.set([0.5, 0.99]);
    const observer = new Observer(plan, arm);
    expect(observer.look(network, initial)).toBe(true);
    const found = (layer: number) =>
      Object.fromEntries(LAYER_SUMS.map((name, i) => [name, observer.found[layer * LAYER_SUMS.length + i]]));
    expect(found(0)).toEqual({
      gradient_norm: 13,
      weight_change: Math.sqrt(26 / 4),
      saturated: 0.5,
      unit_spread: 4,
      rank: 1,
      gradient_inflated: Math.sqrt(25 / 2),
      gradient_others: Math.sqrt(144 / 2),
      change_inflated: Math.sqrt(25 / 2),
      change_others: Math.sqrt(1 / 2),
      saturated_inflated: 0,
      saturated_others: 1,
    });
    expect(found(1)).toMatchObject({
      gradient_norm: Math.sqrt(5),
      weight_change: Math.sqrt(9 / 2),
      saturated: 0.5,
      unit_spread: 0,
      rank: 1,
    });
    network.gradient[7] = Number.POSITIVE_INFINITY;
    expect(observer.look(network, initial)).toBe(false);
  });
});

describe('right answers', () => {
  const count = (output: 'logistic' | 'softmax' | 'identity', beta: number, z: number[], targets: number[]) => {
    const outputs = output === 'softmax' ? 3 : 1;
    const rows = z.length / outputs;
    const result = { loss: 0, right: 0, scale: 0 };
    const loss = outputLoss(output === 'identity' ? 'mse' : 'cross_entropy', output, beta, outputs, 3);
    loss(Float64Array.from(z), Float64Array.from(targets), new Float64Array(z.length), rows, result);
    return result.right;
  };

  it('are on the side of ½ of one output, and the largest of several, the first one of equals', () => {
    expect(count('logistic', 1, [-1, 1, -0.1, 0.1, 0], [0, 1, 1, 0, 0])).toBe(3);
    // g(u) = βz: above ½ from z = 0.25 on.
    expect(count('identity', 2, [0.2, 0.3, 0.2, 0.3], [0, 1, 1, 0])).toBe(2);
    expect(count('softmax', 1, [1, 2, 3, 3, 3, 1, 1, 2, 2], [0, 0, 1, 1, 0, 0, 0, 0, 1])).toBe(2);
  });
});

describe('outcomes of a network', () => {
  it('are those of its losses: first passage, last one, share of rises', async () => {
    const plan = await trainingPlan({
      ...CONFIG,
      data: { kind: 'xor', points: 20 },
      network: { hidden: [4] },
      steps: 40,
      record: 1,
      target: 0.5,
      common: { activation: 'tanh' },
      // The last one is too fast to go down at every step.
      arms: [{ initializer: 'glorot_uniform', learningRate: [0.3, 1, 8] }],
      samples: 32,
    });
    const layout = recordLayout(plan);
    let [reached, risen] = [0, 0];
    for (const arm of plan.arms.keys())
      for (let block = 0; block < 4; block++) {
        const record = simulateArm(plan, { arm, block }, () => {});
        const at = (name: keyof typeof STEP_SUMS) =>
          Array.from({ length: 41 }, (_, s) => record[stepAt(layout, s, STEP_SUMS[name])] ?? Number.NaN);
        const outcome = (name: keyof typeof OUTCOMES) => record[outcomeAt(layout, 0, OUTCOMES[name])];
        const losses = at('loss');
        const rises = losses.filter(
          (loss, s) => loss > (losses[s - 1] ?? Number.POSITIVE_INFINITY) * (1 + 1e-9),
        ).length;
        expect(outcome('reached')).toBe(losses.findIndex((loss) => loss <= 0.5));
        expect(outcome('finalLoss')).toBe(losses[40]);
        expect(outcome('accuracy')).toBe(at('accuracy')[40]);
        expect(outcome('rises')).toBe(rises / 40);
        if ((outcome('reached') ?? -1) > 0) reached++;
        if (rises > 0) risen++;
      }
    // Some got there, and some rose: else nothing was shown.
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(12);
    expect(risen).toBeGreaterThan(0);
  });
});
