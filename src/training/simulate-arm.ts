import { OUTCOME_COUNT, OUTCOMES, outcomeAt, recordLayout } from './arm-record.ts';
import { StepSums } from './step-sums.ts';
import { Trainer } from './trainer.ts';
import type { Arm, TrainingPlan } from './training-plan.ts';

/** Which record: the position of the arm in the plan, and the block. */
export interface ArmPosition {
  readonly arm: number;
  readonly block: number;
}

/**
 * Trains the networks of one arm and block, and describes them in a record (arm-record.ts). The same bytes wherever and whenever it is
 * called.
 *
 * @param beat called now and then, as a sign of life
 * @returns `armRecordLength` doubles, owned by the caller
 */
export function simulateArm(plan: TrainingPlan, { arm, block }: ArmPosition, beat: () => void): Float64Array {
  const layout = recordLayout(plan);
  const record = new Float64Array(layout.length);
  const sums = new StepSums(record, layout);
  const trainer = new Trainer(plan, plan.arms[arm] as Arm, sums, beat);
  for (let replicate = 0; replicate < plan.blockSamples; replicate++) {
    const { reached, finalLoss, diverged, accuracy, rises, firstGradient } = trainer.train(block, replicate);
    const put = (which: number, value: number) => {
      record[outcomeAt(layout, replicate, which)] = value;
    };
    put(OUTCOMES.reached, reached);
    put(OUTCOMES.finalLoss, finalLoss);
    put(OUTCOMES.diverged, diverged ? 1 : 0);
    put(OUTCOMES.accuracy, accuracy);
    put(OUTCOMES.rises, rises);
    firstGradient.forEach((step, l) => {
      put(OUTCOME_COUNT + l, step);
    });
  }
  return record;
}
