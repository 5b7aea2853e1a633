import { describe, expect, it } from 'vitest';
import { differenceOf, meanOf } from '../../../src/training/block-means.ts';
import { deriveTraining } from '../../../src/training/derive-training.ts';
import { initialWeights } from '../../../src/training/initial-weights.ts';
import { parameterCount } from '../../../src/training/network.ts';
import { medianOf } from '../../../src/training/replicate-median.ts';
import { simulateArm } from '../../../src/training/simulate-arm.ts';
import { ARM_COLUMNS } from '../../../src/training/training-columns.ts';
import { runTraining, trainingPlan } from '../../support/training.ts';

const CONFIG = {
  name: 'records',
  experiment: 'training',
  data: { kind: 'xor', points: 30 },
  network: { hidden: [5, 4] },
  batch: 7,
  steps: 30,
  record: 10,
  target: 0.5,
  common: { initializer: 'glorot_uniform', activation: 'tanh', learningRate: 0.5 },
  arms: [{ scale: [1, 4] }, { initializer: 'orthogonal' }, { initializer: 'he_normal', learningRate: 1e9 }],
  samples: 96,
};

describe('records', () => {
  it('depend on arm and block alone: not on other arms, their order, or what was simulated before', async () => {
    const plan = await trainingPlan(CONFIG);
    const once = simulateArm(plan, { arm: 1, block: 3 }, () => {});
    simulateArm(plan, { arm: 0, block: 2 }, () => {});
    expect(simulateArm(plan, { arm: 1, block: 3 }, () => {})).toEqual(once);
    const alone = await trainingPlan({ ...CONFIG, arms: [{ scale: 4 }] });
    expect(simulateArm(alone, { arm: 0, block: 3 }, () => {})).toEqual(once);
    expect(simulateArm(plan, { arm: 1, block: 4 }, () => {})).not.toEqual(once);
    expect(once.some((value) => Number.isNaN(value))).toBe(false);
  });

  it('show signs of life', async () => {
    let beats = 0;
    simulateArm(await trainingPlan(CONFIG), { arm: 0, block: 0 }, () => beats++);
    expect(beats).toBeGreaterThanOrEqual(3);
  });

  it('start arms of one shape from the same draws, times their scale', async () => {
    const plan = await trainingPlan(CONFIG);
    const [one, four] = [0, 1].map((arm) => {
      const theta = new Float64Array(parameterCount(plan.layers));
      const own = plan.arms[arm];
      if (own !== undefined) initialWeights(plan, own, theta, 5, 2);
      return theta;
    });
    expect(four).toEqual(one?.map((value) => 4 * value));
    expect(one?.some((value) => value !== 0)).toBe(true);
  });

  it('count what is not finite, and take no mean over it', async () => {
    const plan = await trainingPlan({
      ...CONFIG,
      network: { hidden: [5, 4], output: 'identity' },
      loss: 'mse',
      common: { initializer: 'he_normal', activation: 'relu' },
      arms: [{ learningRate: [1e12, 0.01] }],
    });
    const { arm, of } = runTraining(plan, 20);
    const shares = (name: string) => of(name).map((row) => row['finite']);
    // Four looks at three layers: the start is finite, some networks are after 10 steps, and none after 20 and 30.
    expect(shares('learningRate=1000000000000').slice(0, 3)).toEqual([1, 1, 1]);
    expect(shares('learningRate=1000000000000')[3]).toBeLessThan(1);
    expect(shares('learningRate=1000000000000').slice(6)).toEqual(Array(6).fill(0));
    for (const row of of('learningRate=1000000000000').slice(6))
      for (const name of ['loss', 'accuracy', 'gradient_norm', 'rank']) expect(row[name]).toBeNaN();
    const wild = arm('learningRate=1000000000000');
    expect([wild['final_loss'], wild['final_accuracy'], wild['diverged']]).toEqual([Number.NaN, Number.NaN, 1]);
    // Negative control.
    expect(shares('learningRate=0.01')).toEqual(Array(12).fill(1));
    expect(arm('learningRate=0.01')['final_accuracy']).toBeGreaterThan(0.5);
  });

  it('leave nulls where all blocks failed, and pair the blocks that both arms have', async () => {
    const plan = await trainingPlan(CONFIG);
    const { records, arm } = runTraining(plan, 8);
    const failed = records.map((own, a) => own.map((record, b) => (a === 2 || (a === 1 && b === 0) ? null : record)));
    const { arms } = deriveTraining(plan, (a) => failed[a] ?? []);
    const at = (name: string, row: number) =>
      arms.values[ARM_COLUMNS.findIndex((c) => c.name === name) * arms.rows + row];
    expect([at('blocks', 1), at('replicates', 1), at('blocks', 2)]).toEqual([7, 21, 0]);
    expect(at('final_loss', 2)).toBeNaN();
    // Block 0 of the baseline takes no part in the difference either.
    const seven = (a: number) => records[a]?.slice(1) ?? [];
    const mean = (a: number) =>
      seven(a).reduce((sum, record) => sum + [0, 1, 2].reduce((s, r) => s + (record[r * 8 + 1] ?? 0), 0), 0) / 21;
    expect(at('final_loss_difference', 1)).toBeCloseTo(mean(1) - mean(0), 12);
    expect(at('final_loss', 0)).toBeCloseTo(arm('glorot_uniform, learningRate=0.5')['final_loss'] ?? 0, 12);
  });
});

describe('paired differences', () => {
  it('have the error of the differences, not of the parts', () => {
    const counts = new Float64Array(32).fill(2);
    const one = { sums: Float64Array.from({ length: 32 }, (_, b) => 10 * b), counts };
    const other = { sums: one.sums.map((sum, b) => sum - 1 - (b % 2)), counts };
    // Differences of block means ½ and 1 by turns: mean ¾, standard error √(Σ(d − ¾)²/(32·31)).
    const { value, mcse } = differenceOf(one, other, false);
    expect(value).toBeCloseTo(0.75, 12);
    expect(mcse).toBeCloseTo(Math.sqrt((32 * 0.25 * 0.25) / (32 * 31)), 12);
    expect(meanOf(one).mcse ?? 0).toBeGreaterThan(50 * (mcse ?? 1));
  });

  it('are precise for arms of one shape that train alike, and not for arms of two shapes', async () => {
    const plan = await trainingPlan({
      ...CONFIG,
      batch: 'full',
      arms: [{ initializer: 'glorot_uniform', scale: [1, 1.02] }, { initializer: 'glorot_normal' }],
      samples: 64,
    });
    const { arms } = runTraining(plan);
    /** Error of the difference in that of two independent arms. */
    const ratio = (arm: number, name: string) => {
      const error = (a: number, column: string) => arms[a]?.[`${column}_mcse`] ?? Number.NaN;
      return error(arm, `${name}_difference`) / Math.hypot(error(0, name), error(arm, name));
    };
    for (const name of ['final_loss', 'final_accuracy']) expect(ratio(1, name)).toBeLessThan(0.3);
    for (const name of ['final_loss', 'final_accuracy']) expect(ratio(2, name)).toBeGreaterThan(0.5);
  });
});

describe('the median of steps', () => {
  /** As many blocks as an error needs, each with these values. */
  const blocks = (values: readonly number[]) => Array.from({ length: 20 }, () => Float64Array.from(values));
  const never = Number.POSITIVE_INFINITY;

  it('is null when at most half of the networks get there', () => {
    expect(medianOf(blocks([3, 5, 7, never, never, never])).value).toBeNull();
    expect(medianOf(blocks([3, 5, 7, 9, never, never])).value).toBe(8);
  });

  it('is known to half a step of the lattice at best, unless all are the same', () => {
    expect(medianOf(blocks([4, 4, 4]))).toEqual({ value: 4, mcse: 0, upper: null, note: 'degenerate' });
    expect(medianOf(blocks([4, 5, 5, 5, 6, 9]))).toEqual({ value: 5, mcse: 0.5, upper: null, note: null });
    expect(medianOf(blocks([20, 40, 40, 40, never]))).toMatchObject({ value: 40, mcse: 10 });
    // No other value is known.
    expect(medianOf(blocks([4, 4, 4, never]))).toEqual({ value: 4, mcse: null, upper: null, note: null });
  });

  it('has no error from few blocks', () => {
    const few = blocks([4, 5, 6]).slice(1);
    expect(medianOf(few)).toEqual({ value: 5, mcse: null, upper: null, note: 'rare' });
  });
});
