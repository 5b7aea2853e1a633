import type { TableRows } from '../stats/estimate-column.ts';
import type { ArmRecords } from './arm-record.ts';
import { deriveArms } from './derive-arms.ts';
import { deriveSteps } from './derive-steps.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Rows of `training.arrow` (TRAINING_COLUMNS) and `arms.arrow` (ARM_COLUMNS). */
export function deriveTraining(
  plan: TrainingPlan,
  recordsOf: (arm: number) => ArmRecords,
): { readonly training: TableRows; readonly arms: TableRows } {
  return { training: deriveSteps(plan, recordsOf), arms: deriveArms(plan, recordsOf) };
}
