import { describe, expect, it } from 'vitest';
import { OUTCOMES, outcomeAt, recordLayout, STEP_SUMS, stepAt } from '../../../src/training/arm-record.ts';
import { deriveArms } from '../../../src/training/derive-arms.ts';
import { ARM_COLUMNS } from '../../../src/training/training-columns.ts';
import type { TrainingPlan } from '../../../src/training/training-plan.ts';
import { trainingPlan } from '../../support/training.ts';

const BLOCKS = 32;
const STEPS = 10;

/** How the training of one network went; what is left out went well. */
type Outcome = Partial<Record<keyof typeof OUTCOMES, number>>;

/** Outcomes of the two replicates of a block of an arm. */
type Outcomes = (block: number) => readonly [Outcome, Outcome];

const WELL: Required<Outcome> = { reached: 5, finalLoss: 0.25, diverged: 0, accuracy: 1, rises: 0 };
const BLOWN_UP: Outcome = {
  reached: -1,
  finalLoss: Number.POSITIVE_INFINITY,
  diverged: 1,
  accuracy: 0.5,
  rises: 1,
};

function recordOf(plan: TrainingPlan, outcomes: readonly Outcome[], losses: readonly number[]): Float64Array {
  const layout = recordLayout(plan);
  const record = new Float64Array(layout.length);
  outcomes.forEach((outcome, r) => {
    for (const [name, value] of Object.entries({ ...WELL, ...outcome }))
      record[outcomeAt(layout, r, OUTCOMES[name as keyof typeof OUTCOMES])] = value;
  });
  losses.forEach((loss, s) => {
    record[stepAt(layout, s, STEP_SUMS.loss)] = loss;
    record[stepAt(layout, s, STEP_SUMS.finite)] = outcomes.length;
  });
  return record;
}

async function planOf(arms: number) {
  return trainingPlan({
    name: 'made',
    experiment: 'training',
    data: { kind: 'xor', points: 4 },
    network: { hidden: [2] },
    steps: STEPS,
    record: [0, STEPS],
    target: 0.5,
    arms: Array.from({ length: arms }, (_, a) => ({ name: `arm ${a}`, initializer: 'normal', learningRate: 1 })),
    samples: 2 * BLOCKS,
  });
}

function rowsOf(plan: TrainingPlan, records: readonly (readonly Float64Array[])[]) {
  const { values, rows } = deriveArms(plan, (arm) => records[arm] ?? []);
  return records.map((_, row) => (name: string) => {
    const column = ARM_COLUMNS.findIndex((c) => c.name === name);
    const value = values[column * rows + row] ?? Number.NaN;
    return name.endsWith('_note') ? (ARM_COLUMNS[column]?.values?.[value] ?? null) : value;
  });
}

/** The rows of arms whose networks went like this; the first one is the baseline. */
async function derive(...arms: readonly Outcomes[]) {
  const plan = await planOf(arms.length);
  const blocks = Array.from({ length: BLOCKS }, (_, b) => b);
  return rowsOf(
    plan,
    arms.map((outcomes) => blocks.map((b) => recordOf(plan, outcomes(b), [2, 1]))),
  );
}

const all =
  (one: Outcome, other: Outcome = one): Outcomes =>
  () => [one, other];

describe('deriveArms, on records made by hand', () => {
  it('takes shares and means of what each network does, with the error of the block means', async () => {
    const [arm] = await derive((b) => [
      { reached: b % 2 === 0 ? 3 : 7, finalLoss: 1 + (b % 2), rises: 0.25, accuracy: 0.75 },
      { reached: -1, finalLoss: 3, rises: 0.75, accuracy: 0.25, diverged: b % 2 },
    ]);
    // Half of the networks get there, in every block; of the others each counts as all ten steps.
    expect([arm?.('reached'), arm?.('reached_mcse'), arm?.('reached_note')]).toEqual([0.5, 0, 'degenerate']);
    expect(arm?.('steps_mean')).toBe((5 + STEPS) / 2);
    // Block means 6.5 and 8.5 by turns: √(Σ(m − 7.5)²/(32·31)).
    expect(arm?.('steps_mean_mcse')).toBeCloseTo(Math.sqrt(1 / 31), 12);
    expect(arm?.('final_loss')).toBe(2.25);
    expect(arm?.('final_accuracy')).toBe(0.5);
    expect(arm?.('rises')).toBe(0.5);
    // 16 blocks with one that diverged: too rare for an error.
    expect([arm?.('diverged'), arm?.('diverged_mcse'), arm?.('diverged_note')]).toEqual([0.25, Number.NaN, 'rare']);
    expect(arm?.('diverged_upper')).toBeGreaterThan(0.25);
    // Exactly half never get there, so that the median is between 7 and never.
    expect(arm?.('steps_median')).toBeNaN();
    expect(arm?.('final_loss_median')).toBe(2.5);
  });

  it('leaves what is not finite out of the final loss and the final accuracy', async () => {
    const [arm] = await derive((b) => [{ finalLoss: 1 + (b % 2), accuracy: 0.75 }, BLOWN_UP]);
    expect(arm?.('final_loss')).toBe(1.5);
    expect(arm?.('final_accuracy')).toBe(0.75);
    expect([arm?.('diverged'), arm?.('diverged_mcse')]).toEqual([0.5, 0]);
  });

  it('gives a mean over the survivors of few blocks no error, and one over enough of them that of these blocks', async () => {
    const survivors = (blocks: number) =>
      derive((b) => (b < blocks ? [{ finalLoss: b % 2 }, BLOWN_UP] : [BLOWN_UP, BLOWN_UP]));
    const [few] = await survivors(18);
    expect([few?.('final_loss'), few?.('final_loss_mcse'), few?.('final_loss_note')]).toEqual([
      0.5,
      Number.NaN,
      'rare',
    ]);
    const [enough] = await survivors(20);
    // 20 values 0 and 1 by turns: √(Σ(v − ½)²/(20·19)).
    expect(enough?.('final_loss_mcse')).toBeCloseTo(Math.sqrt(0.25 / 19), 12);
    expect(enough?.('final_loss_note')).toBeNull();
    // 19 degrees of freedom, by which claims judge what the row holds.
    expect(enough?.('blocks')).toBe(20);
    const [whole] = await survivors(BLOCKS);
    expect([few?.('blocks'), whole?.('blocks')]).toEqual([BLOCKS, BLOCKS]);
  });

  it('counts blocks with networks that are finite in both arms behind a difference', async () => {
    const [, arm] = await derive(
      (b) => [{ finalLoss: b % 2 }, b < 8 ? BLOWN_UP : WELL],
      (b) => [b < 8 ? BLOWN_UP : { finalLoss: b % 3 }, WELL],
    );
    expect(arm?.('final_loss_difference_mcse')).toBeGreaterThan(0);
    expect([arm?.('replicates'), arm?.('blocks')]).toEqual([2 * BLOCKS, BLOCKS - 8]);
  });

  it('has no certainty of how long it takes what hardly anyone finishes', async () => {
    const [never, few, most] = await derive(
      all({ reached: -1 }),
      (b) => [{ reached: b < 10 ? 4 : -1 }, { reached: -1 }],
      (b) => [{ reached: b < 20 ? 4 + (b % 2) : -1 }, { reached: 6 }],
    );
    expect([never?.('steps_mean'), never?.('steps_mean_mcse'), never?.('steps_mean_note')]).toEqual([
      10,
      Number.NaN,
      'rare',
    ]);
    expect([few?.('steps_mean_mcse'), few?.('steps_mean_note')]).toEqual([Number.NaN, 'rare']);
    expect(few?.('steps_mean')).toBeCloseTo((10 * 4 + 54 * 10) / 64, 12);
    expect(most?.('steps_mean_mcse')).toBeGreaterThan(0);
    // Nor has a difference from such an arm.
    for (const arm of [few, most]) {
      expect(arm?.('steps_mean_difference')).toBeLessThan(0);
      expect([arm?.('steps_mean_difference_mcse'), arm?.('steps_mean_difference_note')]).toEqual([Number.NaN, 'rare']);
    }
  });

  it('gives differences of shares no error where one of them is too rare for one', async () => {
    const [, none, everyone, half] = await derive(
      all({ diverged: 0 }),
      all({ diverged: 0 }),
      all({ diverged: 1 }),
      (b) => [{ diverged: b % 3 === 0 ? 0 : 1 }, { diverged: 0 }],
    );
    expect(none?.('diverged_difference')).toBe(0);
    expect(everyone?.('diverged_difference')).toBe(1);
    expect(half?.('diverged_mcse')).toBeGreaterThan(0);
    for (const arm of [none, everyone, half])
      expect([arm?.('diverged_difference_mcse'), arm?.('diverged_difference_note')]).toEqual([Number.NaN, 'rare']);
    // Negative control: two shares with errors have a difference with one.
    const [, other] = await derive(
      (b) => [{ diverged: b % 4 === 0 ? 0 : 1 }, { diverged: 0 }],
      (b) => [{ diverged: b % 3 === 0 ? 0 : 1 }, { diverged: 0 }],
    );
    expect(other?.('diverged_difference_mcse')).toBeGreaterThan(0);
  });

  it('compares the final loss of the networks that are finite in both arms', async () => {
    // The second network is far worse; it blows up in the other arm, which would look better without it.
    const [, arm] = await derive(
      (b) => [{ finalLoss: 1 }, { finalLoss: 9 + (b % 2) }],
      (b) => [{ finalLoss: 1.5 + (b % 2) }, BLOWN_UP],
    );
    expect(arm?.('final_loss')).toBe(2);
    expect(arm?.('final_loss_difference')).toBe(1);
    expect(arm?.('final_loss_difference_mcse')).toBeCloseTo(Math.sqrt(0.25 / 31), 12);
  });
});

describe('the settings of an arm', () => {
  it('have a column each', async () => {
    const plan = await planOf(1);
    const [{ spec }] = plan.arms as [TrainingPlan['arms'][number]];
    const { name: _, initializer, activation, optimizer, ...numbers } = spec;
    const [row] = rowsOf(plan, [[recordOf(plan, [{}, {}], [2, 1])]]);
    for (const [key, value] of Object.entries(numbers))
      expect([key, row?.(key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))]).toEqual([key, value]);
  });
});

describe('loss_gap', () => {
  it('is the largest relative difference of a block and a look', async () => {
    const plan = await planOf(2);
    const record = (losses: readonly number[]) => recordOf(plan, [{}, {}], losses);
    const [, arm] = rowsOf(plan, [
      [record([2, 1]), record([2, 4])],
      [record([2, 1.5]), record([2, 3])],
    ]);
    expect(arm?.('loss_gap')).toBe(0.5);
    const [, same] = rowsOf(plan, [[record([2, 1])], [record([2, 1])]]);
    expect(same?.('loss_gap')).toBe(0);
  });

  it('is null where a network is not finite, in one of the arms or in both', async () => {
    const plan = await planOf(2);
    const layout = recordLayout(plan);
    const whole = recordOf(plan, [{}, {}], [2, 1]);
    const partial = Float64Array.from(whole);
    partial[stepAt(layout, 1, STEP_SUMS.finite)] = 1;
    const gone = Float64Array.from(whole);
    for (const which of [STEP_SUMS.finite, STEP_SUMS.loss]) gone[stepAt(layout, 1, which)] = 0;
    for (const [own, other] of [
      [whole, partial],
      [partial, whole],
      [partial, partial],
      [gone, gone],
    ] as const) {
      const [, arm] = rowsOf(plan, [[own], [other]]);
      expect(arm?.('loss_gap')).toBeNaN();
    }
  });
});
